"""`mien render`: the picture's bytes, the clamping, and that mistakes leave nothing behind."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from gpu_core.errors import MienError
from gpu_core.neural.signature import InputTensor, Signature
from gpu_core.settings import View
from tests.networks import PAIR, SIZE, save_for
from viewer import headless
from viewer.app import main as mien

SHADES = {View.TEXTURE: 50, View.RENDER: 100, View.GENERATED: 200}


class FakeEngine:
    """Draws a half-covered square of one shade for each view, premultiplied, and remembers what was asked."""

    def __init__(self):
        self.expression = None

    def __call__(self, options, expression, views):
        self.expression = expression
        return [self.picture(SHADES[view]) for view in views]

    @staticmethod
    def picture(shade):
        pixels = np.zeros((16, 16, 4), np.uint8)
        pixels[:8] = (shade, shade, shade, 255)  # the upper half is opaque
        pixels[8:12] = (shade // 2, shade // 2, shade // 2, 128)
        return pixels


def rendered(tmp_path, *arguments):
    engine, out = FakeEngine(), tmp_path / "face.png"
    assert headless.main(["--out", str(out), *arguments], engine) == 0
    with Image.open(out) as image:
        return np.asarray(image), engine.expression


def test_alpha_is_straight_and_the_top_is_up(tmp_path):
    pixels, _ = rendered(tmp_path)
    assert pixels.shape == (16, 16, 4)
    assert tuple(pixels[0, 0]) == (200, 200, 200, 255)
    assert abs(int(pixels[9, 0, 0]) - 200) <= 1
    assert tuple(pixels[9, 0, 1:]) == (199, 199, 128)
    assert tuple(pixels[15, 0]) == (0, 0, 0, 0)


def test_background_fills_what_is_open(tmp_path):
    pixels, _ = rendered(tmp_path, "--background", "#0000ff")
    assert tuple(pixels[0, 0]) == (200, 200, 200, 255)
    assert tuple(pixels[15, 0]) == (0, 0, 255, 255)
    assert tuple(pixels[9, 0]) == (100, 100, 227, 255)


def test_all_views_stand_side_by_side(tmp_path):
    pixels, _ = rendered(tmp_path, "--view", "all", "--size", "8")
    assert pixels.shape == (8, 24, 4)
    assert [int(pixels[0, x, 0]) for x in (4, 12, 20)] == [50, 100, 200]


def test_resizing_leaves_no_fringe(tmp_path):
    pixels, _ = rendered(tmp_path, "--size", "50")
    covered = pixels[..., 3] > 40
    assert np.abs(pixels[covered][:, :3].astype(int) - 200).max() <= 8


def test_expression_head_and_gaze_arrive(tmp_path):
    _, seen = rendered(tmp_path, "--set", "jawOpen=0.6", "--set", "tongueOut=1", "--yaw", "-10", "--gaze", "-5,3")
    assert (seen["jawOpen"], seen["tongueOut"], seen.yaw) == (0.6, 1.0, -10.0)
    assert seen.gaze == pytest.approx((-5.0, 3.0))


def test_what_is_out_of_range_is_clamped_and_said(tmp_path, capsys):
    _, seen = rendered(tmp_path, "--set", "jawOpen=7", "--yaw", "-400", "--gaze", "90,0")
    assert (seen["jawOpen"], seen.yaw) == (1.0, -32.0)
    assert seen.gaze == pytest.approx((25.0, 0.0))
    assert capsys.readouterr().err.splitlines() == [
        "mien: gaze 90,0 is further than eyes turn: 25,0 is used",
        "mien: jawOpen 7 is outside 0..1: 1 is used",
        "mien: yaw -400 is outside -32..32: -32 is used",
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "jawOpne=1"], "did you mean jawOpen"),
        (["--set", "jawOpen=nan"], "jawOpen=nan"),
        (["--set", "jawOpen=-inf"], "jawOpen=-inf"),
        (["--set", "jawOpen"], "expected SHAPE=WEIGHT"),
        (["--yaw", "inf"], "'inf' is not a number"),
        (["--yaw", "-nan"], "'-nan' is not a number"),
        (["--gaze", "3"], "not of the form YAW,PITCH"),
        (["--size", "1e3"], "not a whole number"),
        (["--size", "99999"], "not a whole number"),
        (["--background", "#12"], "neither transparent nor #rrggbb"),
        (["--out", "face.jpg"], "does not end in .png"),
        (["--out", "no/such/folder/face.png"], "cannot write to no/such/folder"),
    ],
)
def test_mistakes_are_answered_before_anything_is_computed(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert mien(["render", "--out", "face.png", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.gl
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "what mine.onnx wants is not known; its inputs are 'x' (? x 3 x 64 x 64 float32)"),
        (["--precision", "fp16"], "fp16 is for GPUs"),
    ],
)
def test_a_generator_that_cannot_be_used_is_one_line(gl_context, tmp_path, capsys, options, message):
    said = Signature((InputTensor("x", ("render",), width=SIZE, height=SIZE),), PAIR.output)
    arguments = ["--out", str(tmp_path / "face.png"), *options]
    if not options:
        arguments += ["--model", str(save_for(tmp_path, said))]
    assert mien(["render", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not (tmp_path / "face.png").exists()


def test_failing_engine_leaves_the_old_picture_and_nothing_else(tmp_path):
    out = tmp_path / "face.png"
    out.write_bytes(b"old")

    def fail(*_):
        raise MienError("no")

    with pytest.raises(MienError, match="no"):
        headless.main(["--out", str(out)], fail)
    assert [path.name for path in tmp_path.iterdir()] == ["face.png"]
    assert out.read_bytes() == b"old"


def test_full_disk_is_one_line(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(MienError, match="cannot be written: No space left"):
        headless.main(["--out", str(tmp_path / "face.png")], FakeEngine())
    assert not list(tmp_path.iterdir())

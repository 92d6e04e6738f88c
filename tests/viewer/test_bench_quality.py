"""`mien bench quality` on a folder of truth made for the purpose, and FP16's rounding."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from PIL import Image

from gpu_core.assets import resource
from gpu_core.errors import MienError
from gpu_core.neural.model import load_model
from tests.networks import SIZE, save_network
from viewer import bench
from viewer.benches.half_rounding import rounded_network
from viewer.benches.networks import open_network
from viewer.benches.truth import read_truth

SHIPPED = resource("models", "swift.onnx")


def make_truth(folder: Path, *, second_seed: bool = True) -> Path:
    """Two stills, a training picture that must stay unread, and a sequence of three grey frames."""
    names = {"held_0": "held_out", "held_1": "held_out", "rand_0": "train"}
    names |= {f"talk_{index:02}": "held_out_sequence" for index in range(3)}
    for sub in ("truth", "truth_second_seed"):
        (folder / sub).mkdir(parents=True)
    still = {"weights": {}, "yaw": 0, "pitch": 0, "roll": 0}
    rows = [{"id": name, "split": split, **still} for name, split in names.items()]
    (folder / "poses.json").write_text(json.dumps(rows))
    for index, (name, split) in enumerate(names.items()):
        grey = np.full((512, 512, 4), (100 + index, 100, 100, 255), np.uint8)
        Image.fromarray(grey).save(folder / "truth" / f"{name}.webp", lossless=True)
        if split == "held_out_sequence" and second_seed:
            Image.fromarray(grey + np.uint8(index % 2)).save(
                folder / "truth_second_seed" / f"{name}.webp", lossless=True
            )
    (folder / "truth" / "rand_0.webp").write_bytes(b"not read")
    return folder


def test_stills_and_sequences_are_told_apart(tmp_path):
    truth = read_truth(make_truth(tmp_path))
    assert [pose.id for pose in truth.stills] == ["held_0", "held_1"]
    assert {name: len(frames) for name, frames in truth.sequences.items()} == {"talk": 3}
    assert truth.sequences["talk"][0].second_seed
    assert len(truth.limited(1).stills) == 1
    assert len(truth.limited(2).sequences["talk"]) == 2


def test_the_shipped_pictures_are_eight():
    assert len(read_truth(resource("held_out")).stills) == 8


@pytest.mark.parametrize("table", [None, "{", "[{}]", "[]"])
def test_a_folder_without_a_sound_pose_table_is_one_line(table, tmp_path):
    if table is not None:
        (tmp_path / "poses.json").write_text(table)
    with pytest.raises(MienError, match=r"poses\.json|held-out"):
        bench.main(["quality", "--truth", str(tmp_path)])


def test_missing_metrics_are_told_before_any_work(monkeypatch, tmp_path):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MienError, match="pip install"):
        bench.main(["quality"])


@pytest.mark.gl
class TestReport:
    @pytest.fixture
    def model(self, tmp_path):
        return save_network(tmp_path)

    def measured(self, tmp_path, model, *more, **how):
        tmp_path.mkdir(exist_ok=True)
        report = tmp_path / "report.json"
        truth = make_truth(tmp_path / "truth", **how)
        assert bench.main(["quality", "--truth", str(truth), "--model", str(model), "--json", str(report), *more]) == 0
        return json.loads(report.read_text())

    def test_every_row_holds_every_figure(self, tmp_path, model, capsys):
        sheet = tmp_path / "sheet.png"
        figures = self.measured(tmp_path, model, "--sheet", str(sheet))
        assert {"render_image", "tiny.fp32", "tiny.fp16"} <= set(figures)
        for name in ("render_image", "tiny.fp32", "tiny.fp16"):
            row = figures[name]
            assert {"psnr_face", "ssim_face", "flip", "flicker", "worst"} <= set(row), name
            assert row["frames"] == 2
            assert row["flicker"] > 0
            assert row["sequences"]["talk"]["flicker"] == row["flicker"]
        assert figures["tiny.fp16"]["psnr_vs_fp32"] > 60
        assert "tiny.fp16" in capsys.readouterr().out
        with Image.open(sheet) as drawn:
            assert drawn.height == 2 * drawn.width // 4, "a line of four pictures for each still"

    def test_small_pictures_are_compared_with_the_truth_made_small(self, tmp_path, model):
        small = self.measured(tmp_path, model, "--size", "256", "--sheet", str(tmp_path / "sheet.png"))
        large = self.measured(tmp_path / "again", model)
        assert (small["method"]["pixels"], large["method"]["pixels"]) == (256, 512)
        assert small["render_image"]["psnr_face"] == pytest.approx(large["render_image"]["psnr_face"], abs=0.5)
        assert small["render_image"]["flicker"] == pytest.approx(large["render_image"]["flicker"], rel=0.1)

    def test_without_a_second_seed_there_is_no_flicker(self, tmp_path, model):
        figures = self.measured(tmp_path, model, second_seed=False)
        assert figures["render_image"]["flicker"] is None
        assert figures["render_image"]["sequences"]["talk"]["psnr_face"] > 0


def test_fp16_really_rounds_the_shipped_generator():
    """ONNX Runtime likes to take pairs of casts out again: then there would be no difference at all."""
    model = load_model(SHIPPED)
    pair = np.random.default_rng(0).random((1, 6, 512, 512), np.float32)
    exact, rounded = (open_network(model, precision)([pair]) for precision in ("fp32", "fp16"))
    difference = np.abs(exact - rounded)
    assert 2**-13 < difference.max() < 0.05
    assert 1e-6 < difference.mean() < 2e-3


def test_rounding_rounds_each_tensor(tmp_path):
    """0.10006 is not a half: the render image comes back as its neighbour that is one."""
    session = ort.InferenceSession(rounded_network(save_network(tmp_path)), _no_optimisation())
    pair = np.full((1, 6, SIZE, SIZE), 0.10006, np.float32)
    made = session.run(None, {"pair": pair})[0]
    assert np.array_equal(made[0, 0], np.full((SIZE, SIZE), np.float32(np.float16(0.10006))))


def test_without_onnx_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MienError, match="pip install"):
        rounded_network(SHIPPED)


def _no_optimisation():
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return options

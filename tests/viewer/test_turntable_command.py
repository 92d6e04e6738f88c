"""`mien turntable`: options, and a small turntable with the real engine."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from gpu_core.errors import MienError
from gpu_core.look import FreeCamera
from gpu_core.settings import Lighting, View
from viewer.look.light_presets import PRESETS
from viewer.turntable_command import asked_form, main, parser


def form(*arguments: str) -> object:
    return asked_form(parser().parse_args(["--out", "t", *arguments]))


def test_what_is_asked_for() -> None:
    plain = asked_form(parser().parse_args(["--out", "t"]))
    assert (plain.view, plain.frames, plain.format, plain.still.backdrop) == (View.RENDER, 36, "png", None)
    assert plain.still.look is not None
    assert (plain.still.look.camera, plain.still.look.lighting) == (FreeCamera(), Lighting())
    arguments = ["--out", "t", "--orbit=-20,10", "--lens", "52", "--lights", "Rim", "--background", "#102030"]
    look = asked_form(parser().parse_args(arguments)).still
    assert look.look is not None
    assert look.look.lighting == PRESETS["Rim"]
    assert (look.look.camera.yaw, look.look.camera.pitch, look.look.camera.lens_mm) == (-20.0, 10.0, 52.0)
    assert look.look.camera.distance == pytest.approx(6.5), "the face is as large"
    assert look.backdrop is not None
    assert look.backdrop.background.colour == (0x10, 0x20, 0x30)


@pytest.mark.parametrize("arguments", [
    ["--frames", "1"], ["--frames", "9999"], ["--frames", "-3"], ["--lights", "Disco"], ["--orbit", "3"],
    ["--size", "0"], ["--lens", "nan"], ["--view", "all"],
])  # fmt: skip
def test_nonsense_is_one_line(arguments: list[str]) -> None:
    with pytest.raises(MienError, match="mien turntable --help"):
        form(*arguments)


@pytest.mark.gl
def test_a_small_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "around"
    assert main(["--out", str(out), "--frames", "4", "--size", "64", "--set", "jawOpen=0.5", "--path", "host"]) == 0
    assert capsys.readouterr().out.strip() == str(out)
    pictures = [cv2.imread(str(path), cv2.IMREAD_UNCHANGED) for path in sorted(out.glob("*.png"))]
    assert [picture.shape for picture in pictures] == [(64, 64, 4)] * 4
    front, side, back, _ = (picture.astype(int) for picture in pictures)
    assert np.abs(front - back).mean() > 3 < np.abs(front - side).mean()
    with pytest.raises(MienError, match="there already"):
        main(["--out", str(out)])

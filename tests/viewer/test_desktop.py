"""viewer.desktop from the outside: the real window with the real engine closes by itself and leaves its picture."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gpu_core.errors import MienError, ModelError
from tests.chrome_trace import check, read_trace, spans_by_track
from viewer.desktop import create_application, is_unattended, opener, surface_format
from viewer.options import DesktopOptions

ROOT = Path(__file__).parents[2]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "viewer", *map(str, arguments)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "QT_FATAL_WARNINGS": "1"},
    )  # fmt: skip


@pytest.mark.display
@pytest.mark.slow
def test_a_screenshot_shows_the_window_and_the_face(tmp_path: Path) -> None:
    shot, trace = tmp_path / "shot.png", tmp_path / "trace.json"
    ended = run("--screenshot", shot, "--seconds", "1", "--trace", trace)
    assert ended.returncode == 0, ended.stderr
    said = ended.stdout.strip().splitlines()
    assert said[0] == str(shot)
    assert said[1].startswith("Trace of ")
    events = read_trace(trace)
    check(events)
    assert {"engine thread", "inference (CPU)", "window"} <= spans_by_track(events).keys()
    assert "Traceback" not in ended.stderr
    picture = np.asarray(Image.open(shot).convert("RGB")).astype(int)
    assert picture.shape == (800, 1280, 3)
    face = picture[300:500, 560:740].reshape(-1, 3)
    assert face[:, 0].mean() > face[:, 2].mean() + 20, "skin is warmer than the window around it"


@pytest.mark.display
def test_a_broken_face_is_one_line_and_no_picture(tmp_path: Path) -> None:
    (tmp_path / "broken.glb").write_text("this is no face")
    ended = run("--face", tmp_path / "broken.glb", "--screenshot", tmp_path / "shot.png")
    assert ended.returncode == 2
    (line,) = ended.stderr.strip().splitlines()
    assert "broken.glb" in line
    assert not (tmp_path / "shot.png").exists()


def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(MienError, match="there is no display"):
        create_application(["mien"])


def test_windows_that_close_by_themselves_leave_the_settings_alone() -> None:
    assert not is_unattended(DesktopOptions())
    assert is_unattended(DesktopOptions(seconds=1.0))
    assert is_unattended(DesktopOptions(screenshot=Path("x.png")))
    assert is_unattended(DesktopOptions(demo=Path("x")))


@pytest.mark.display
def test_the_surface_asks_for_a_core_profile_that_does_not_wait() -> None:
    wanted = surface_format()
    assert (wanted.majorVersion(), wanted.minorVersion(), wanted.swapInterval()) == (4, 5, 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--performance", "opera", "--demo", "demo"), "no performance 'opera'"),
        (("--performance", "opera"), "no performance 'opera'"),
        (("--screenshot", "file/shot.png"), "cannot be written"),
        (("--trace", "file/trace.json"), "cannot be written"),
        (("--demo", "file/demo"), "cannot be written"),
    ],
)
def test_mistakes_are_answered_before_a_window_opens(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    (tmp_path / "file").write_text("")
    options = [tmp_path / part if part.startswith(("file", "demo")) else part for part in arguments]
    ended = run(*options)
    assert ended.returncode == 2
    (line,) = ended.stderr.strip().splitlines()
    assert words in line
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


@pytest.mark.parametrize("attended", [True, False])
def test_a_generator_that_needs_a_word_lets_the_window_open_if_somebody_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attended: bool
) -> None:
    opened: list[object] = []

    def open_engine(_face: object, generator: object, _settings: object) -> str:
        opened.append(generator)
        if generator is not None:
            raise ModelError("what it wants is not known")
        return "an engine"

    monkeypatch.setattr("gpu_core.engine.open_engine", open_engine)
    mine = tmp_path / "mine.onnx"
    open_here = opener(DesktopOptions(generator=mine, seconds=None if attended else 1.0))
    if attended:
        assert open_here() == "an engine"
        assert opened == [mine, None]
    else:
        with pytest.raises(ModelError):
            open_here()

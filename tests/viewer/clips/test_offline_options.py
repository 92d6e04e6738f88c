"""The options of a take: what does not go together, and limits; each answered with one line before anything is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpu_core.expression import NEUTRAL
from viewer import headless
from viewer.app import main as mien
from viewer.clips.offline_options import is_take
from viewer.sessions.expression_csv import TimedExpression, write_csv

OUT = ("--out", "clip.mp4")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with takes in it."""
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "take.csv", [TimedExpression(0.0, NEUTRAL)])
    write_csv(tmp_path / "empty.csv", [])
    write_csv(tmp_path / "nobody.csv", [TimedExpression(0.0, None)])
    (tmp_path / "noise.csv").write_bytes(bytes(range(256)))
    (tmp_path / "other.csv").write_text("name,age\nAda,36\n")
    (tmp_path / "folder.csv").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([*OUT], "clip.mp4 is a video: say of which take"),
        (["take.csv", "--take", "talk", *OUT], "the take is given twice, take.csv and --take talk"),
        (["take.csv", "--out", "face.png"], "a take becomes a video: --out face.png has to end in .mp4"),
        (["take.csv", "--out", "clip.mov"], "does not end in .png, for a still, or .mp4, for a take"),
        (["take.csv", *OUT, "--set", "jawOpen=1"], "--set is for a still"),
        (["take.csv", *OUT, "--yaw", "3"], "--yaw is for a still"),
        (["take.csv", *OUT, "--gaze", "3,4"], "--gaze is for a still"),
        (["take.csv", *OUT, "--view", "all"], "--view all is for a still"),
        (["take.csv", *OUT, "--background", "transparent"], "video has no transparency"),
        (["take.csv", *OUT, "--background", "blue"], "neither transparent nor #rrggbb"),
        (["--out", "face.png", "--fps", "25"], "--fps is for a take"),
        (["--out", "face.png", "--faces", "2"], "--faces is for a take"),
        (["--out", "face.png", "--trace", "t.json"], "--trace is for a take"),
        (["--out", "face.png", "--json", "t.json"], "--json is for a take"),
        *((["take.csv", *OUT, "--fps", fps], "from 1 to 240 frames a second") for fps in ("0", "-5", "241", "0.5")),
        *((["take.csv", *OUT, "--fps", fps], "is not a number") for fps in ("nan", "inf", "fast")),
        *((["take.csv", *OUT, "--faces", n], "not a whole number from 1 to 16") for n in ("0", "17", "-1", "2.5", "x")),
        *((["take.csv", *OUT, "--size", n], "even number of pixels, from 16 on") for n in ("33", "14")),
        (["take.csv", *OUT, "--json", "clip.mp4"], "have to be different files"),
        (["take.csv", *OUT, "--trace", "take.csv"], "have to be different files"),
        (["take.csv", "--out", "no/such/clip.mp4"], "cannot write to no/such"),
        (["take.csv", "--out", "folder.csv/../folder.mp4/clip.mp4"], "cannot write to"),
        (["take.csv", *OUT, "--json", "take.csv/figures.json"], "cannot be written"),
        (["missing.csv", *OUT], "there is no take missing.csv, nor a performance of that name"),
        (["yodel", *OUT], "those are talk, look_around, range"),
        (["empty.csv", *OUT], "empty.csv: holds no row"),
        (["nobody.csv", *OUT], "nobody.csv: no row has a face"),
        (["noise.csv", *OUT], "noise.csv: no CSV of expressions"),
        (["other.csv", *OUT], "other.csv:1: no CSV of expressions"),
        (["folder.csv", *OUT], "folder.csv: cannot be read: Is a directory"),
        (["take.csv", *OUT, "--model", "none.onnx"], "there is no file none.onnx"),
    ],
)
def test_mistakes_are_one_line_and_leave_nothing(folder, capsys, arguments, words):
    before = sorted(folder.rglob("*"))
    assert mien(["render", *arguments]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("take", [["--take", "talk"], ["talk"]])
def test_a_take_is_named_either_way(take: list[str]) -> None:
    parser = headless.parser()
    options = parser.parse_args([*take, *OUT, "--fps", "29.97", "--faces", "16", "--size", "256"])
    assert is_take(options, parser)
    assert (options.take, options.fps, options.faces, options.size) == ("talk", 29.97, 16, 256)


def test_a_still_is_no_take() -> None:
    parser = headless.parser()
    assert not is_take(parser.parse_args(["--out", "face.png", "--set", "jawOpen=1"]), parser)


def test_help_tells_both(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        mien(["render", "--help"])
    text = capsys.readouterr().out
    assert "usage: mien render --out FILE.png [options]\n       mien render TAKE --out FILE.mp4 [options]" in text
    assert "a still, as a picture:" in text
    assert "a take, as a video:" in text

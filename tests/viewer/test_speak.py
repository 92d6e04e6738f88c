"""viewer.speak: texts in, files out; mistakes in one line that leave nothing behind."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from gpu_core.errors import MienError
from viewer import speak
from viewer.app import main
from viewer.sessions.take import open_take
from viewer.speech.voices import installed_voices

if not installed_voices():
    pytest.skip("no voice is installed", allow_module_level=True)


def test_an_analysis_is_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speak", "I am very happy!", "--analysis"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["emotions"]["joy"][0]["value"] > 0.5
    assert told["phonemes"][-1]["end_s"] == pytest.approx(told["duration_s"], abs=1e-3)


def test_take_and_sound_are_as_long_as_each_other(tmp_path: Path) -> None:
    take, wav = tmp_path / "说 take.csv", tmp_path / "sound.wav"
    assert main(["speak", "Bob, a map.", "--take-out", str(take), "--wav", str(wav), "--emotion", "joy=0.6"]) == 0
    opened = open_take(take)
    with av.open(str(wav)) as sound:
        assert opened.duration_s == pytest.approx(float(sound.duration / av.time_base), abs=0.05)
    moments = np.arange(0, opened.duration_s, 1 / 30)
    assert max(opened.at(t)["mouthSmileLeft"] for t in moments) > 0.2
    assert max(opened.at(t)["jawOpen"] for t in moments) > 0.15


@pytest.mark.parametrize("ending", ["csv", "json", "glb"])
def test_a_take_opens_again_whatever_its_kind(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"take.{ending}"
    assert main(["speak", "Papa!", "--take-out", str(path), "--voice", "espeak"]) == 0
    opened = open_take(path)
    jaws = [opened.at(t)["jawOpen"] for t in np.arange(0, opened.duration_s, 1 / 30)]
    assert opened.duration_s > 0.5
    assert max(jaws) > 0.15
    assert jaws[0] < 0.05


def test_a_recording_with_its_text_moves_the_face_and_one_without_does_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wav, sound = tmp_path / "sound.wav", "Papa, my map!"
    assert main(["speak", sound, "--wav", str(wav), "--voice", "espeak"]) == 0
    take, other = tmp_path / "take.csv", tmp_path / "other.csv"
    assert main(["speak", sound, "--sound", str(wav), "--take-out", str(take)]) == 0
    capsys.readouterr()
    assert main(["speak", "--sound", str(wav), "--take-out", str(other)]) == 0
    assert "spectrum alone" in capsys.readouterr().err
    for path in (take, other):
        opened = open_take(path)
        with av.open(str(wav)) as heard:
            assert opened.duration_s == pytest.approx(float(heard.duration / av.time_base), abs=0.05)
        assert max(opened.at(t)["jawOpen"] for t in np.arange(0, opened.duration_s, 1 / 30)) > 0.15
    assert any(open_take(take).at(t)["mouthRollLower"] > 0.4 for t in np.arange(0, 1, 1 / 30))


def test_a_text_comes_from_a_file_or_from_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "text.txt"
    file.write_text("﻿Hello", encoding="utf-8")
    assert main(["speak", "--text-file", str(file), "--analysis"]) == 0
    assert json.loads(capsys.readouterr().out)["text"] == "Hello"
    monkeypatch.setattr(sys, "stdin", io.StringIO("你好"))
    assert main(["speak", "-", "--analysis"]) == 0
    assert json.loads(capsys.readouterr().out)["words"][0]["language"] == "zh"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["hello"], "say what to make"),
        (["--analysis"], "say one text"),
        (["", "--analysis"], "nothing to say"),
        (["a " * 20_000, "--analysis"], "40,000 characters"),
        (["😀", "--analysis"], "nothing to say"),
        (["Привет", "--analysis"], "left out"),
        (["<emphasis>a", "--analysis"], "markup is broken"),
        (["a", "--analysis", "--voice", "nobody"], "invalid choice: 'nobody'"),
        (["你好", "--analysis", "--voice", "hibari"], "English only"),
        (["a", "--analysis", "--emotion", "joy=2"], "0 to 1"),
        (["a", "--analysis", "--emotion", "hunger=1"], "joy"),
        (["a", "--out", "clip.avi"], "does not end in .mp4"),
        (["a", "--out", "a.mp4", "--size", "17"], "even number"),
        (["a", "--out", "a.mp4", "--background", "transparent"], "transparen"),
        (["--sound", "no such file", "--out", "a.mp4"], "no sound file"),
        (["a", "--sound", "no such file", "--out", "a.mp4"], "no sound file"),
        (["--sound", "no such file", "--analysis"], "need the text"),
        (["--sound", "a.wav", "--wav", "a.wav"], "different files"),
        (["--text-file", "no such file", "--analysis"], "cannot be read"),
    ],
)
def test_mistakes_are_one_line(
    arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["speak", *arguments]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(MienError, match="not text in UTF-8"):
        speak.main(["--text-file", str(file), "--analysis"])
    file.write_bytes(b"a" * (speak.LARGEST_FILE + 1))
    with pytest.raises(MienError, match="larger than"):
        speak.main(["--text-file", str(file), "--analysis"])


@pytest.mark.gl
def test_the_video_has_pictures_and_sound(tmp_path: Path) -> None:
    out, figures = tmp_path / "clip.mp4", ["--json", str(tmp_path / "figures.json")]
    assert main(["speak", "Hi.", "--out", str(out), "--size", "64", "--fps", "10", "--view", "render", *figures]) == 0
    with av.open(str(out)) as clip:
        video, audio = clip.streams.video[0], clip.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert float(video.duration * video.time_base) == pytest.approx(
            float(audio.duration * audio.time_base), abs=0.11
        )
    assert json.loads((tmp_path / "figures.json").read_text())["frames"] > 5
    assert {path.name for path in tmp_path.iterdir()} == {"clip.mp4", "figures.json"}

"""The command line: what reaches the window, and how mistakes are answered."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from gpu_core.errors import AssetError
from viewer import app
from viewer.options import DesktopOptions


@pytest.fixture
def opened(monkeypatch):
    """What the window was opened with; the window itself stays closed."""
    seen = []
    window = SimpleNamespace(open_desktop=lambda options: seen.append(options) or 0)
    monkeypatch.setitem(sys.modules, "viewer.desktop", window)
    return seen


def test_no_arguments_open_the_window(opened):
    assert app.main([]) == 0
    assert opened == [DesktopOptions()]


def test_options_reach_the_window(opened, tmp_path):
    face = tmp_path / "face.glb"
    face.touch()
    arguments = [str(face), "--path", "host", "--precision", "fp32", "--screenshot", "a.png", "--seconds", "2"]
    assert app.main([*arguments, "--trace", "a.json"]) == 0
    shot, trace = Path("a.png"), Path("a.json")
    assert opened == [
        DesktopOptions(face=face, path="host", precision="fp32", screenshot=shot, trace=trace, seconds=2.0)
    ]
    app.main(["--face", str(face), "--demo", "out", "--layout", "artist"])
    assert opened[1] == DesktopOptions(face=face, demo=Path("out"), layout="artist")


def test_a_generator_is_chosen_by_model_and_by_its_old_name(opened, tmp_path):
    network = tmp_path / "mine.onnx"
    network.touch()
    for option in ("--model", "--generator"):
        assert app.main([option, str(network), "--precision", "int8"]) == 0
    assert opened == [DesktopOptions(generator=network, precision="int8")] * 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "nothing.onnx"], "there is no file nothing.onnx"),
        (["--precision", "fp8"], "invalid choice: 'fp8'"),
        (["nobody.glb"], "there is no face file nobody.glb"),
        (["--layout", "opera"], "invalid choice: 'opera'"),
        (["--path", "magic"], "invalid choice: 'magic'"),
        (["--seconds", "nan"], "'nan' is not a number"),
        (["--seconds", "0"], "must be more than 0"),
        (["--wings"], "unrecognized arguments: --wings"),
        (["render"], "required: --out"),
    ],
)
def test_mistakes_are_answered_with_one_line(opened, capsys, arguments, message):
    assert app.main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("mien: ")
    assert error.count("\n") == 1
    assert message in error
    assert not opened


@pytest.mark.parametrize(("raised", "code"), [(AssetError("the face is torn"), 2), (KeyboardInterrupt(), 130)])
def test_errors_become_exit_codes(monkeypatch, capsys, raised, code):
    def fail(options):
        raise raised

    monkeypatch.setitem(sys.modules, "viewer.desktop", SimpleNamespace(open_desktop=fail))
    assert app.main([]) == code
    assert capsys.readouterr().err == ("mien: the face is torn\n" if code == 2 else "")


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as leaving:
        app.main(["--help"])
    assert leaving.value.code == 0
    told = capsys.readouterr().out
    assert all(f"mien {name}" in told for name in app.SUBCOMMANDS)
    assert "--model" in told
    assert "--demo" not in told
    assert "--generator" not in told


def test_a_take_may_be_given_like_a_face(opened, tmp_path):
    for name in ("take.csv", "a line.json"):
        (tmp_path / name).touch()
        app.main([str(tmp_path / name)])
        assert opened[-1] == DesktopOptions(take=tmp_path / name)
    assert app.main([str(tmp_path / "nobody.csv")]) == 2

"""viewer.farm_command: what a person asks for, and what they read when part of it cannot be had."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from gpu_core.errors import MienError
from tests.farm_fakes import FakeExecutor, Fate, failed, grey_video, jaws
from tests.signals import deliver
from viewer import farm_command
from viewer.app import main as mien
from viewer.clips.offline_progress import Progress
from viewer.farm import ray_executor
from viewer.farm.values import Job, Room
from viewer.sessions.expression_csv import TimedExpression, write_csv

Farm = Callable[..., int]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in "abc":
        write_csv(Path(f"{name}.csv"), [TimedExpression(k / 25, face) for k, face in enumerate(jaws([0.1, 0.6] * 15))])
    return tmp_path


@pytest.fixture
def farm(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Farm:
    """`mien farm render ... --out out` on fake workers; the exit code."""

    def run(*arguments: str, fate: Fate = lambda _work, _tries: None) -> int:
        def opened(_job: Job, _room: Room, _most: int, _log: Path) -> FakeExecutor:
            return FakeExecutor(fate=fate)

        monkeypatch.setattr(farm_command, "_on_ray", opened)
        monkeypatch.setattr(ray_executor, "require_ray", lambda: None)
        return mien(["farm", "render", *arguments, "--out", "out", "--segment", "0.5"])

    return run


def test_takes_become_videos_and_their_names_are_told(farm: Farm, capsys: pytest.CaptureFixture[str]) -> None:
    assert farm("a.csv", "b.csv", "--json", "figures.json") == 0
    told = capsys.readouterr()
    assert told.out == "out/a.mp4\nout/b.mp4\n"
    assert "mien: 60 frames in " in told.err
    figures = json.loads(Path("figures.json").read_text())
    assert (figures["frames"], figures["failed"], figures["unread"]) == (60, {}, [])
    assert figures["done"] == ["out/a.mp4", "out/b.mp4"]
    assert Path("out/a.mp4").read_bytes() == Path("out/b.mp4").read_bytes()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_one_corrupt_take_of_many_is_one_line(farm: Farm, capsys: pytest.CaptureFixture[str]) -> None:
    Path("b.csv").write_text("nonsense")
    assert farm("a.csv", "b.csv", "c.csv") == 1
    told = capsys.readouterr()
    assert told.out == "out/a.mp4\nout/c.mp4\n"
    assert told.err.count("b.csv is left out: ") == 1
    assert "2 of 3 takes are in out; not, for what is said above: b.csv" in told.err


def test_a_take_that_cannot_be_rendered_leaves_the_others(farm: Farm, capsys: pytest.CaptureFixture[str]) -> None:
    assert farm("a.csv", "b.csv", fate=lambda work, _: failed(work) if work.take == 0 else None) == 1
    told = capsys.readouterr()
    assert told.out == "out/b.mp4\n"
    assert "mien: a.csv is given up: frames " in told.err


def refused(farm: Farm, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert farm(*arguments) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    return error


def test_what_cannot_be_is_one_line(farm: Farm, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("sub").mkdir()
    Path("sub/a.csv").write_bytes(Path("a.csv").read_bytes())
    assert "would both become out/a.mp4" in refused(farm, capsys, "a.csv", "sub/a.csv")
    assert "a.csv is there twice" in refused(farm, capsys, "a.csv", "a.csv")
    assert "have to be different files" in refused(farm, capsys, "a.csv", "--json", "a.csv")
    assert "there is no take no.csv" in refused(farm, capsys, "no.csv")
    assert "is not a whole number from 1" in refused(farm, capsys, "a.csv", "--workers", "0")
    assert "--cpus-per-worker" in refused(farm, capsys, "a.csv", "--cpus-per-worker", "1.5")
    assert "must be more than 0" in refused(farm, capsys, "a.csv", "--gpus-per-worker", "-1")
    assert "is not from" in refused(farm, capsys, "a.csv", "--segment", "0.01")
    assert "there is no file no.onnx" in refused(farm, capsys, "a.csv", "--model", "no.onnx")
    assert "no.glb: cannot be read" in refused(farm, capsys, "a.csv", "--face", "no.glb")
    assert "needs an even number" in refused(farm, capsys, "a.csv", "--size", "33")
    assert list(Path("out").iterdir()) == []
    Path("out").rmdir()
    Path("out").touch()
    assert "cannot be" in refused(farm, capsys, "a.csv")


def test_when_no_take_can_be_read_nothing_is_started(farm: Farm, capsys: pytest.CaptureFixture[str]) -> None:
    for name in "ab":
        Path(f"{name}.csv").write_text("nonsense")
    assert farm("a.csv", "b.csv") == 2
    assert capsys.readouterr().err.endswith("mien: none of the 2 takes can be read\n")


def test_a_full_disk_is_one_line_and_the_next_run_goes_on(
    farm: Farm, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from viewer.farm import segments

    written = segments.write_bytes
    kept: list[Path] = []

    def full(path: Path, data: bytes, *, sync: bool = False) -> None:
        if path.suffix == ".mp4":
            if kept:
                raise OSError(28, "No space left on device")
            kept.append(path)
        written(path, data, sync=sync)

    monkeypatch.setattr(segments, "write_bytes", full)
    assert farm("a.csv") == 2
    assert "No space left on device" in capsys.readouterr().err
    monkeypatch.setattr(segments, "write_bytes", written)
    assert farm("a.csv") == 0
    assert "a.csv: going on with 12 of 30 frames" in capsys.readouterr().err
    assert [path.name for path in Path("out").iterdir() if path.suffix == ".mp4"] == ["a.mp4"]


def test_ctrl_c_says_how_to_go_on(
    farm: Farm, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Progress, "note", lambda _self, made: deliver(signal.SIGINT) if made >= 10 else None)
    assert farm("a.csv") == 130
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "of 30 frames: the same command goes on from there" in error
    assert not Path("out/a.mp4").exists()


def test_without_ray_one_line_says_how_to_get_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert mien(["farm", "render", "a.csv", "--out", "out"]) == 2
    assert capsys.readouterr().err == f"mien: {ray_executor.GET_RAY}\n"
    with pytest.raises(MienError, match=r"mien\[farm\]"):
        ray_executor.require_ray()


def test_a_fakes_video_is_one() -> None:
    assert grey_video(jaws([0.5]))[4:8] == b"ftyp"

"""viewer.stream: the command, with workers that behave in all ways; whatever ends it, nothing is left."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pytest

from gpu_core.errors import MienError
from tests.viewer.streams.test_plan import plan
from tests.viewer.streams.waiting import FAKE, GENEROUS_S, children, fake_workers
from viewer.app import main as mien
from viewer.options import Parser
from viewer.stream import main, parser
from viewer.streams.minder import Patience
from viewer.streams.plan import Plan
from viewer.streams.values import StreamForm

ROOT = Path(__file__).parents[2]
COMMAND = f"""
import sys
from viewer import app, stream
from viewer.streams.launcher import ProcessLauncher
stream._launcher = lambda *_: ProcessLauncher(command=[sys.executable, "-S", {str(FAKE)!r}, "good"])
sys.exit(app.main(["stream", "--faces", "2", "--spare", "none", "--json", sys.argv[1]]))
"""


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    before = children()
    yield
    assert children() <= before


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that `mien stream` answers with."""
    assert mien(["stream", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    return told.err


def test_it_shows_and_leaves_how_the_streams_went(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "streams.json"
    arguments = ["--faces", "2", "--seconds", "0.2", "--fps", "15", "--size", "256", "--json", str(report)]
    assert main(arguments, fake_workers("good")) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0].startswith("face  state")
    assert out.splitlines()[-1] == str(report)
    told = json.loads(report.read_text())
    assert told["bench"] == "stream"
    assert told["way"] == "workers"
    assert [stream["state"] for stream in told["streams"]] == ["live", "live"]
    assert told["asked"][1]["video"]["fps"] == 15.0
    assert told["machine"]["cores"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--faces", "0"], "0 faces: from 1 to 64"),
        (["--faces", "1000000"], "1000000 faces: from 1 to 64"),
        (["--faces", "many"], "invalid int value"),
        (["--faces", "2", "--to", "rtmp://u:secret@host/live/x"], "write {n}"),
        (["--to", "gopher://host/x"], "gopher"),
        (["--to", "/nowhere/x.mp4"], "no folder"),
        (["--to", "rtmp://127.0.0.1:1/live/x"], "nothing answers at 127.0.0.1:1"),
        (["--to", "rtmp://u:secret@no.invalid/live/x"], "no.invalid cannot be found"),
        (["--source", "nothing.csv"], "nothing.csv"),
        (["--source", "talk,,range"], "no source"),
        (["--fps", "0"], "must be more than 0"),
        (["--fps", "1e6"], "from 1 to 120"),
        (["--bit-rate", "nan"], "is not a number"),
        (["--size", "300"], "invalid choice"),
        (["--json", "/proc/x/y.json"], "cannot be written"),
        (["--json", "/tmp/no-such-folder/y.json"], "y.json cannot be written: there is no folder /tmp/no-such-folder"),
        (["--to", "@/nowhere/target"], "--to @/nowhere/target: No such file"),
        (["--mps-threads", "200"], "0 (no limit) to 100 percent"),
        (["--mps-threads", "50", "--mps", "off"], "which does not run"),
        (["--seconds", "-1"], "must be more than 0"),
    ],
)
def test_mistakes_are_one_line(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    line = refused(capsys, *arguments)
    assert words in line
    assert "secret" not in line


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("mute", "face 1: the worker hangs in start-up"),
        ("refusing", "face 1: the face is no face"),
    ],
)
def test_streams_that_never_come_end_the_command(behaviour: str, words: str, tmp_path: Path) -> None:
    report = tmp_path / "streams.json"
    patience = Patience(start_s=0.3 if behaviour == "mute" else 30.0)
    with pytest.raises(MienError) as told:
        main(["--json", str(report)], fake_workers(behaviour), patience)
    assert str(told.value).startswith(words)
    assert json.loads(report.read_text())["streams"][0]["state"] == "failed"


def test_a_target_lost_for_good_leaves_the_others_and_is_a_failure(tmp_path: Path) -> None:
    report = tmp_path / "streams.json"
    with pytest.raises(MienError, match=r"^face 1: /mnt/face-1\.mp4: the disk is full$"):
        main(["--faces", "2", "--seconds", "0.6", "--json", str(report)], fake_workers("losing"))
    told = json.loads(report.read_text())
    first, second = told["streams"]
    assert told["failed"] == [1]
    assert (first["state"], first["frames"], second["state"]) == ("failed", 3, "live")
    assert second["frames"] > 3


def test_more_workers_than_memory_holds_are_refused_before_any_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("viewer.streams.memory.psutil.virtual_memory", lambda: Mock(available=2 << 30))
    line = refused(capsys, "--faces", "12")
    assert line.startswith("mien: 12 workers do not fit: each takes about 370 MB")
    assert "room for 3; ask for fewer faces, or for --way batch" in line


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_signals_end_all_and_leave_the_report(number: int, code: int, tmp_path: Path) -> None:
    report = tmp_path / "streams.json"
    command = subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(report)],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with command:
        assert command.stdout is not None
        assert any("starting" in line for line in command.stdout)
        command.send_signal(number)
        _, said = command.communicate(timeout=GENEROUS_S)
    assert (command.returncode, said) == (code, "")
    assert len(json.loads(report.read_text())["streams"]) == 2


def test_a_plan_is_measured_and_printed_and_nothing_is_streamed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[bool] = []

    def planned(_form: StreamForm, *, anew: bool, tell: object) -> Plan:
        asked.append(anew)
        return plan({1: 60.0, 2: 88.0}, {1: 50.0})

    monkeypatch.setattr("viewer.streams.planner.planned", planned)
    assert main(["--plan", "--size", "256", "--to", "rtmp://127.0.0.1:1/nobody/listens"]) == 0
    assert "this machine holds 3 streams of 256x256 at 25 fps, by a worker each" in capsys.readouterr().out.splitlines()
    assert asked == [True]


def test_its_options_are_what_the_engine_understands() -> None:
    assert isinstance(parser(), Parser)
    options = parser().parse_args(["--path", "host", "--precision", "fp32", "--way", "auto", "--when-full", "degrade"])
    assert (options.path, options.precision, options.way, options.when_full) == ("host", "fp32", "auto", "degrade")

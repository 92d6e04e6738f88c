"""`mien bench`, `mien bench pipeline`: what is measured, and that it is told whole. No test asserts a time."""

from __future__ import annotations

import json

import numpy as np
import pytest

from gpu_core.errors import MienError
from gpu_core.expression import NEUTRAL
from tests.networks import save_network
from viewer import app, bench
from viewer.benches import calibration, pipeline
from viewer.benches.fixed_takes import fixed_takes

TAKES = ["still face", "talking", "everything moves"]
STAGES = ("pose", "render", "copy_out", "pack", "infer", "unpack", "copy_in")


def test_the_takes_are_always_the_same_and_do_what_they_say():
    still, talking, everything = takes = fixed_takes(20)
    assert [take.name for take in takes] == TAKES
    assert takes == fixed_takes(20)
    assert set(still.expressions) == {NEUTRAL}
    assert len(set(talking.expressions)) == 20
    moving = np.array([face.weights for face in everything.expressions])
    assert (np.ptp(moving, axis=0) > 0).all()
    assert moving.min() >= 0
    assert moving.max() <= 0.5


@pytest.fixture
def report(tmp_path, monkeypatch):
    """A file to write; no GPU to go on with, and little time for the fixed work."""
    monkeypatch.setattr(bench, "interop_where_possible", dict)
    monkeypatch.setattr(calibration, "_PASSES", 1)
    return tmp_path / "bench.json"


@pytest.mark.gl
@pytest.mark.parametrize("words", [[], ["pipeline"]])
def test_every_round_of_every_take_is_kept(report, capsys, words):
    network = save_network(report.parent)
    model = ["--model", str(network), "--path", "host", "--quick", "--json", str(report)]
    assert bench.main([*words, *model]) == 0
    told = json.loads(report.read_text())
    assert told["bench"] == "pipeline"
    assert {"date", "machine", "versions", "settings", "method", "schema"} <= set(told)
    assert told["settings"]["path"] == "host"
    assert [row["name"] for row in told["rows"]] == TAKES
    for row in told["rows"]:
        assert {f"{stage}_ms" for stage in STAGES} | {"fps", "latency_ms", "core_ms"} <= set(row["samples"])
        assert all(len(values) == pipeline.QUICK_ROUNDS for values in row["samples"].values())
        assert len(row["calibration_ms"]) == len(row["calibration_core_ms"]) == pipeline.QUICK_ROUNDS
        for number, one in enumerate(row["rounds"]):
            assert len(one["latency_ms"]) == pipeline.QUICK_FRAMES
            assert set(one["stages_ms"]) >= set(STAGES)
            assert row["samples"]["infer_ms"][number] == pytest.approx(np.median(one["stages_ms"]["infer"]), abs=1e-3)
            assert row["samples"]["fps"][number] == pytest.approx(pipeline.QUICK_FRAMES / one["wall_s"], rel=1e-3)
            assert min(one["latency_ms"]) > 0
            assert one["core_s"] > 0
    printed = capsys.readouterr()
    assert all(word in printed.out for word in (*TAKES, *STAGES, "core-ms"))
    assert "round 2 of 2" in printed.err


@pytest.mark.gl
def test_lengths_can_be_said_and_the_file_compared_with_itself(report):
    network = save_network(report.parent)
    lengths = ["--rounds", "8", "--frames", "2", "--path", "host", "--model", str(network)]
    assert bench.main([*lengths, "--json", str(report)]) == 0
    assert len(json.loads(report.read_text())["rows"][0]["rounds"]) == 8
    assert bench.main(["--compare", str(report), str(report)]) == 0


def test_with_a_gpu_interop_follows_only_where_nothing_was_named(report, monkeypatch):
    monkeypatch.setattr(pipeline, "measure_pipeline", lambda *_, **__: {"rows": []})
    monkeypatch.setattr(pipeline, "print_table", lambda _: None)
    monkeypatch.setattr(bench, "interop_where_possible", lambda: {"interop": ["a tier"]})
    assert bench.main(["--json", str(report)]) == 0
    assert json.loads(report.read_text())["interop"] == ["a tier"]
    assert bench.main(["pipeline", "--json", str(report)]) == 0
    assert "interop" not in json.loads(report.read_text())


def test_an_interruption_leaves_no_file(report, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "measure_pipeline", interrupted)
    assert app.main(["bench", "--json", str(report)]) == app.EXIT_INTERRUPTED
    assert not list(report.parent.iterdir())


def test_an_unwritable_file_is_refused_before_measuring(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "measure_pipeline", lambda *_, **__: pytest.fail("it measured all the same"))
    (tmp_path / "file").write_text("")
    with pytest.raises(MienError, match="cannot be written"):
        bench.main(["--json", str(tmp_path / "file" / "bench.json")])


@pytest.mark.parametrize("more", [["--rounds", "0"], ["--frames", "x"], ["--model", "no.onnx"], ["--path", "x"]])
def test_senseless_arguments_are_one_line(more):
    with pytest.raises(MienError, match="--help"):
        bench.main(more)

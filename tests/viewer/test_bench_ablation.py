"""`mien bench ablation`: every row is measured or says why not. No test asserts a time."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from gpu_core.assets import resource
from gpu_core.errors import MienError, PathUnavailable
from gpu_core.gltf.face import load_face
from gpu_core.neural.conversions import why_not
from gpu_core.neural.library import generator_for
from gpu_core.neural.model import load_model
from gpu_core.neural.signature import InputTensor, OutputTensor, Signature
from gpu_core.path_state import PathState
from gpu_core.settings import EngineSettings, StageTime
from tests.networks import SIZE, save_for, save_network, save_quantised
from viewer import bench
from viewer.benches import ablation, ablation_rounds, ablation_scouting
from viewer.benches.ablation_figures import Lane, figures_of
from viewer.benches.ablation_rounds import HIGHEST_DB, Likeness, Round, likeness, scene, spread_expressions
from viewer.benches.ablation_rows import ON_CPU, ON_GPU, Row, Step, classic
from viewer.benches.ablation_scouting import Scouting
from viewer.benches.ablation_table import markdown
from viewer.benches.bench_samples import read_bench

pytest.importorskip("flip_evaluator")


@pytest.mark.gl
def test_the_command_measures_from_classic_to_full(tmp_path, monkeypatch, capsys):
    model = save_network(tmp_path)
    save_quantised(model)
    few = {"conversions", "int8", "pipelined", "gpu conversion"}
    monkeypatch.setattr(ablation, "ON_CPU", tuple(step for step in ON_CPU if step.name in few))
    monkeypatch.setattr(ablation_scouting, "TRIALS", 1)
    report, table = tmp_path / "a.json", tmp_path / "a.md"
    arguments = ["--quick", "--frames", "2", "--rounds", "2", "--model", str(model)]
    assert bench.main(["ablation", *arguments, "--json", str(report), "--markdown", str(table)]) == 0
    figures = json.loads(report.read_text())
    rows = {row["name"]: row for row in figures["rows"]}
    assert list(rows) == ["classic", "conversions", "gpu conversion", "int8", "pipelined", "full"]
    assert figures["ratio"] == rows["full"]["ratio"] > 0
    for row in rows.values():
        if "missing" in row:
            continue
        assert row["fps"] > 0
        assert 0 < row["latency_ms"]["p50"] <= row["latency_ms"]["p95"] <= row["latency_ms"]["p99"]
        assert row["core_ms"] > 0
        assert row["psnr_worst"] <= row["psnr_vs_classic"] <= HIGHEST_DB
        assert 0 <= row["flip_vs_classic"] <= row["flip_worst"] < 0.05
        assert len(row["samples"]["fps"]) == 2
        assert EngineSettings(**row["settings"]).size == SIZE
    assert rows["classic"]["ratio"] == 1.0
    assert rows["classic"]["path"] == "classic"
    assert rows["conversions"]["psnr_vs_classic"] > 50
    gpu = rows["gpu conversion"]
    assert "OpenGL converts" in gpu.get("reason", "") or "OpenGL does not convert here" in gpu["missing"]
    assert "OpenGL converts" not in rows["conversions"]["reason"] + rows["int8"]["reason"]
    assert {"machine", "versions", "method", "date"} <= set(figures)
    assert {metric for _, metric in read_bench(report).series} == {"fps", "latency_ms", "core_ms"}
    text = table.read_text()
    assert all(f"| {name}" in text for name in rows)
    assert figures["method"] in text
    assert "full is" in capsys.readouterr().out


@pytest.mark.gl
def test_what_cannot_be_had_is_in_the_table_with_its_reason(gl_context, tmp_path):
    face, model = load_face(resource("face", "face.glb")), load_model(save_network(tmp_path))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ablation_scouting, "TRIALS", 1)
        patched.setattr(ablation_scouting, "EXPRESSIONS", 1)
        patched.setattr(ablation, "ON_CPU", (Step("int8", "quicker", {"path": "host", "precision": "int8"}),))
        figures = ablation.measure_ablation(face, model, size=SIZE, rounds=1, frames=1, cuda=False)
    assert [row["name"] for row in figures["rows"]] == ["classic", "int8", "full"]
    assert "no int8 version" in figures["rows"][1]["missing"]
    assert figures["rows"][2]["path"] == "classic", "nothing paid"
    assert "not here: tiny has no int8 version" in markdown(figures)


@pytest.mark.gl
@pytest.mark.parametrize(("layout", "says"), [("NCHW", ""), ("NHWC", "float32 tensors with channels first")])
def test_a_row_is_called_gpu_conversion_only_where_opengl_converts(gl_context, monkeypatch, tmp_path, layout, says):
    one = {"width": SIZE, "height": SIZE, "layout": layout}
    said = Signature((InputTensor("x", ("render",), **one),), OutputTensor("y", **one))
    model = load_model(save_for(tmp_path, said), said)
    face = load_face(resource("face", "face.glb"))
    monkeypatch.setattr(ablation_scouting, "TRIALS", 1)
    monkeypatch.setattr(ablation_scouting, "EXPRESSIONS", 1)
    steps = [step for step in ON_CPU if step.name in ("conversions", "gpu conversion")]
    with ExitStack() as opened:
        scouting = Scouting(opened, face, model, classic(SIZE), frames=1)
        scouting.climb(steps)
        states = [lane.engine.path_state for lane in scouting.lanes]
    if not says:
        assert [lane.row.name for lane in scouting.lanes] == ["classic", "conversions", "gpu conversion"]
        assert [state.conversion for state in states] == ["", "cpu", "gpu"]
        assert "OpenGL converts" in states[-1].reason
        return
    ((_, row),) = scouting.missing
    assert row.name == "gpu conversion"
    assert row.missing.startswith("OpenGL does not convert here: ")
    assert says in row.missing


def test_the_shipped_generator_is_asked_to_convert_on_opengl_while_it_takes_floats():
    """Its INT8 file takes bytes, channels last: on top of that there is nothing for OpenGL to do."""
    generator = generator_for(load_face(resource("face", "face.glb")))
    names = [step.name for step in ON_CPU]
    assert names.index("gpu conversion") < names.index("int8")
    assert why_not(generator.signature, 512) == ""
    assert why_not(generator.variant("int8").signature, 512) != ""


@pytest.mark.parametrize(
    ("fps", "core_s", "latency_ms", "flip", "pays"),
    [(20.0, 1.0, 50.0, 0.0, True), (10.0, 1.0, 50.0, 0.0, False), (9.8, 0.9, 50.0, 0.009, True),
     (8.0, 0.5, 50.0, 0.0, False), (20.0, 1.0, 150.0, 0.0, False), (20.0, 1.0, 50.0, 0.011, False)],
)  # fmt: skip
def test_a_step_stays_if_it_is_faster_or_cheaper_and_answers_in_time(monkeypatch, fps, core_s, latency_ms, flip, pays):
    speeds = {"new": Round(10, 10 / fps, core_s, (latency_ms,), (), {}), "old": Round(10, 1.0, 1.0, (60.0,), (), {})}
    monkeypatch.setattr(ablation_scouting, "play_round", lambda engine, _shown: speeds[engine])
    monkeypatch.setattr(ablation_scouting, "scene", lambda *_: [])
    row = Row("row", "", EngineSettings())
    looks = Likeness((50.0,), (flip,))
    scouting = SimpleNamespace(_latest_ms=100.0, _frames=1)
    assert Scouting._pays(scouting, Lane(row, "new", looks), Lane(row, "old", looks)) is pays


def test_a_tier_that_is_not_the_one_asked_for_is_no_row(monkeypatch):
    state = PathState("cuda", "a test", "e", tier="host copy", tier_reason="it does not register")
    opened = SimpleNamespace(enter_context=lambda engine: engine)
    monkeypatch.setattr(ablation_scouting, "Engine", lambda *_: SimpleNamespace(path_state=state))
    row = Row("cuda image", "", EngineSettings(path="cuda", tier="image"))
    with pytest.raises(MienError, match="'image' does not work here: it does not register"):
        Scouting._open(SimpleNamespace(_opened=opened, _face=None, _generator=None), row)


def test_steps_build_on_each_other_and_each_changes_something():
    settings = classic().settings
    for step in ON_CPU + ON_GPU:
        assert step.on(settings) != settings, step.name
        settings = step.on(settings)
        settings.check()
    assert len({step.name for step in ON_CPU + ON_GPU}) == len(ON_CPU + ON_GPU)


def test_likeness_tells_pictures_apart():
    chance = np.random.default_rng(0)
    picture = chance.random((32, 32, 4)).astype(np.float32)
    same, other = likeness([picture], [picture]), likeness([picture], [1 - picture])
    assert (same.psnr_db, same.flip) == ((HIGHEST_DB,), (0.0,))
    assert other.psnr_db[0] < 20
    assert other.flip[0] > 0.1


def test_a_frame_that_copies_twice_took_both(monkeypatch):
    stages = (StageTime("copy_out", 0, 1.0), StageTime("infer", 5, 3.0), StageTime("copy_out", 9, 4.0))
    frame = SimpleNamespace(stages=stages, submitted_ns=0, finished_ns=9)
    monkeypatch.setattr(ablation_rounds, "play_through", lambda *_: [(frame, 1), (frame, 1)])
    monkeypatch.setattr(ablation_rounds, "finish_drawing", lambda: None)
    monkeypatch.setattr(ablation_rounds, "REST_S", 0.0)
    made = ablation_rounds.play_round(SimpleNamespace(recycle=lambda _: None), [])
    assert made.stages_ms == {"copy_out": 5.0, "infer": 3.0}


def test_rounds_differ_and_rows_of_a_round_do_not():
    assert scene(1, 4) == scene(1, 4) != scene(2, 4)
    assert len(set(spread_expressions(8))) == 8


def test_ratios_are_those_of_rounds_beside_each_other():
    slow = [Round(4, wall, 1.0, (1.0,), (1.0,), {}) for wall in (1.0, 2.0, 4.0)]
    quick = [replace(one, wall_s=one.wall_s / 3) for one in slow]
    engine = SimpleNamespace(path_state=SimpleNamespace(engine="e", reason="r"), path_name="host")
    base, lane = (
        Lane(Row("row", "", EngineSettings()), engine, Likeness((50.0,), (0.0,)), rounds) for rounds in (slow, quick)
    )
    assert figures_of(lane, base)["ratio"] == 3.0
    assert figures_of(lane, base)["ratio_quartiles"] == [3.0, 3.0]


def test_the_table_cannot_be_written_is_refused_before_measuring(tmp_path, monkeypatch):
    monkeypatch.setattr(ablation, "measure_ablation", lambda *_, **__: pytest.fail("it measured all the same"))
    (tmp_path / "file").write_text("")
    with pytest.raises(MienError, match="cannot be written"):
        bench.main(["ablation", "--markdown", str(tmp_path / "file" / "a.md")])


def test_the_classic_path_has_to_run(monkeypatch, tmp_path):
    def refuse(*_):
        raise PathUnavailable("not here")

    monkeypatch.setattr(ablation_scouting, "Engine", refuse)
    with pytest.raises(PathUnavailable, match="not here"):
        ablation.measure_ablation(None, None, size=SIZE, rounds=1, frames=1, cuda=False)

"""viewer.figures.judgement: figures and verdict of the frames on show, and of what runs."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given

from gpu_core.frame_record import FrameRecord
from gpu_core.path_state import PathState
from gpu_core.settings import EngineSettings
from gpu_core.telemetry import UtilisationSample
from gpu_core.verdict import VerdictContext
from tests.frame_records import hostile_records, steady_run
from viewer.engine_info import Choices, EngineInfo
from viewer.figures.columns import FrameRows
from viewer.figures.judgement import context_of, judge, machine_facts, others_percent
from viewer.figures.latency_text import EMPTY

STAGES = (("pose", 0.0, 0.5, "cpu"), ("render", 0.5, 6.0, "cpu"), ("infer", 25.0, 21.3, "cpu"))


def engine(**changes: Any) -> EngineInfo:
    generator: Any = SimpleNamespace(name="swift")
    info = EngineInfo(
        "head", (), False, PathState("host", "no GPU", "OpenVINO bf16"), {"gl_renderer": "llvmpipe"}, (), generator
    )
    return replace(info, **changes)


def frames(count: int = 60) -> list[FrameRecord]:
    return steady_run(count, period_ms=27.9, latency_ms=60.0, stages=STAGES, depth=2)


def test_the_verdict_knows_what_runs_and_what_could() -> None:
    choices = Choices(precisions={"auto": "", "int8": "", "bf16": "", "fp16": "only on a GPU"})
    context = context_of(engine(), choices, cores=2, target_fps=0.0)
    found = judge(FrameRows().columns(frames()), context)
    assert found.verdict == "CPU-bound in infer: 21.3 of 27.9 ms; GPU not in use; try swift-int8"
    chosen = engine(settings=EngineSettings(precision="fp32", threads=1))
    assert (context_of(chosen, choices, cores=2, target_fps=0.0).precision, chosen.settings.threads) == ("fp32", 1)


@pytest.mark.parametrize(
    ("path", "chosen", "refused", "tried"),
    [
        ("host", "host", {}, "; try path cuda"),
        ("host", "host", {"cuda": "no driver"}, ""),
        ("host", "auto", {}, ""),  # cuda was tried: the path's badge says why it is not used
        ("classic", "classic", {}, "; try path cuda"),
        ("classic", "classic", {"cuda": "no driver"}, "; try path host"),
        ("classic", "classic", {"cuda": "no driver", "host": "a reason"}, ""),
    ],
)
def test_a_path_is_suggested_only_where_its_switch_allows_it(
    path: str, chosen: str, refused: dict[str, str], tried: str
) -> None:
    choices = Choices(switches={"path": dict.fromkeys(("auto", "cuda", "host", "classic"), "") | refused})
    info = engine(state=PathState(path, "", "ONNX Runtime fp32"), settings=EngineSettings(path=chosen))
    found = judge(FrameRows().columns(frames()), context_of(info, choices, cores=2, target_fps=0.0))
    assert found.verdict == f"CPU-bound in infer: 21.3 of 27.9 ms; GPU not in use{tried}"
    unknown = judge(FrameRows().columns(frames()), context_of(info, Choices(), cores=2, target_fps=0.0))
    assert unknown.verdict.endswith("GPU not in use")


def test_a_better_passage_is_suggested_where_copies_take_the_time() -> None:
    stages = (("copy_out", 1.0, 20.0, "cpu"), ("infer", 25.0, 10.0, "cpu"))
    slow = steady_run(60, period_ms=27.9, latency_ms=60.0, stages=stages, depth=2)
    choices = Choices(passages=("Read-back: pixel buffers",))
    found = judge(FrameRows().columns(slow), context_of(engine(), choices, cores=2, target_fps=0.0))
    assert found.verdict == "Held back by read-back: copies take 20.0 of 27.9 ms; try Read-back: pixel buffers"


@pytest.mark.parametrize(
    ("target_fps", "verdict"),
    [
        (30.0, "Nothing to do: 30 fps is what was asked for"),
        (60.0, "CPU-bound in infer: 21.3 of 27.9 ms; GPU not in use"),
        (0.0, "CPU-bound in infer: 21.3 of 27.9 ms; GPU not in use"),
    ],
)
def test_there_is_nothing_to_do_only_where_the_target_is_met(target_fps: float, verdict: str) -> None:
    context = context_of(engine(), Choices(), cores=2, target_fps=target_fps)
    assert judge(FrameRows().columns(frames()), context).verdict == verdict


@pytest.mark.parametrize(("late", "is_met"), [(2, True), (10, False)])
def test_a_target_that_too_many_frames_miss_is_not_met(late: int, is_met: bool) -> None:
    made = frames()
    for at in range(late):  # each 25 ms after its moment, the one after it in time: the rate stays what it is
        made[5 * at + 5] = replace(made[5 * at + 5], shown_ns=made[5 * at + 5].shown_ns + 25_000_000)
    found = judge(FrameRows().columns(made), context_of(engine(), Choices(), cores=2, target_fps=30.0))
    assert next(figure.text for figure in found.figures if figure.name == "missed") == f"{late} of 60"
    assert found.verdict.startswith("Nothing to do" if is_met else "CPU-bound in infer")


def test_other_programs_are_named_while_somebody_looks() -> None:
    sample = UtilisationSample(taken_ns=5, process_percent=60.0, machine_percent=100.0, resident_mb=1.0)
    assert others_percent(sample, cores=2, now_ns=6) == 70.0
    assert others_percent(sample, cores=2, now_ns=60_000_000_000) == 0.0
    assert others_percent(sample, cores=2, now_ns=4) == 0.0
    assert others_percent(None, cores=2, now_ns=6) == 0.0
    context = context_of(engine(), Choices(), cores=2, target_fps=0.0, others=70.0)
    assert judge(FrameRows().columns(frames()), context).verdict.endswith("other programs use 70 % of the processor")


def test_a_hand_is_not_advised_to_try_a_depth_that_is_set_already() -> None:
    stages = (("render", 0.0, 9.0, "cpu"), ("infer", 9.0, 15.0, "cpu"))
    columns = FrameRows().columns(steady_run(60, period_ms=24.0, latency_ms=24.0, stages=stages, depth=1))

    choices = Choices(switches={"path": {"auto": "", "host": "", "classic": "", "cuda": "there is no GPU"}})

    def said(path: str, depth: int) -> str:
        state = PathState(path, "a test", "e")
        context = context_of(
            engine(state=state, settings=EngineSettings(path=path, depth=depth)), choices, cores=2, target_fps=0.0
        )
        return judge(columns, context).verdict

    assert said("host", 1).endswith("try depth 2")
    for depth in (2, 3):
        assert said("host", depth).startswith("Each request waits for the picture before it")
        assert said("classic", depth).endswith("try path host"), "it makes one at a time whatever is set"


def test_a_classic_path_on_the_gpu_uses_it() -> None:
    for gpu in ("", "GPU-1"):
        state = PathState("classic", "chosen by hand", "e", gpu=gpu)
        assert context_of(engine(state=state), Choices(), cores=2, target_fps=0.0).gpu_in_use == bool(gpu)


def test_unsteady_frames_are_counted_and_left_out() -> None:
    made = frames()
    made[5] = replace(made[5], steady=False)
    found = judge(FrameRows().columns(made), VerdictContext())
    assert found.left_out == 1
    assert found.table["infer"].count == 59


def test_a_frame_does_not_get_older_while_nothing_moves() -> None:
    columns = FrameRows().columns(frames())
    texts = [
        {figure.name: figure.text for figure in judge(columns, VerdictContext(), now_ns=now, shown_age_ms=age).figures}
        for now, age in ((columns.records[-1].shown_ns + 10_000_000, None), (2**61, 60.0))
    ]
    assert [text["frame age"] for text in texts] == ["70 ms", "60 ms"]


def test_without_frames_it_says_what_would_fill_it() -> None:
    found = judge(FrameRows().columns([]), context_of(None, Choices(), cores=2, target_fps=30.0))
    assert found.verdict == EMPTY


def test_the_report_names_machine_engine_and_settings() -> None:
    text = judge(FrameRows().columns(frames()), VerdictContext()).report(engine(), machine_facts()).markdown()
    assert "path host (no GPU)" in text
    assert "gl renderer llvmpipe" in text
    assert "depth 2" in text
    assert "cores" in text


@given(hostile_records())
def test_whatever_the_clocks_say_there_is_a_verdict(records: list[FrameRecord]) -> None:
    found = judge(FrameRows().columns(records), VerdictContext(target_fps=30.0), now_ns=5)
    assert found.verdict
    assert "nan" not in found.report(None, {}).markdown().lower()

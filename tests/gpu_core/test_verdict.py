"""gpu_core.verdict: traces of known cause, and whatever no clock should say."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given

from gpu_core.frame_record import FrameRecord
from gpu_core.verdict import Verdict, VerdictContext, verdict
from tests.frame_records import delayed, hostile_records, record, steady_run

HERE = VerdictContext(
    generator="swift", precision="bf16", precisions=("fp32", "bf16", "int8"), paths=("host",), cores=2, depth=2
)
ON_GPU = replace(HERE, path="cuda", gpu_in_use=True, precision="fp32", precisions=("fp32", "fp16"), paths=("cuda",))


def run(
    *stages: tuple[str, float, float, str], period_ms: float, latency_ms: float, depth: int = 2
) -> list[FrameRecord]:
    return steady_run(100, period_ms=period_ms, latency_ms=latency_ms, stages=stages, depth=depth)


def pipelined_inference(period_ms: float = 27.9) -> list[FrameRecord]:
    """The next face is drawn while this one is inferred."""
    return run(
        ("pose", 0.0, 0.5, "cpu"), ("render", 0.5, 6.0, "cpu"), ("infer", 25.0, 21.3, "cpu"),
        ("show", 50.0, 2.0, "cpu"), period_ms=period_ms, latency_ms=60.0,
    )  # fmt: skip


def test_inference_on_the_processor() -> None:
    found = verdict(pipelined_inference(), HERE)
    assert found.bound == "cpu:infer"
    assert found.text == "CPU-bound in infer: 21.3 of 27.9 ms; GPU not in use; try swift-int8"
    assert found.evidence["cpu:infer_ms"] == pytest.approx(21.3, rel=0.005)
    assert found.evidence["period_ms"] == pytest.approx(27.9)


def test_what_is_suggested_can_be_had_and_is_not_in_use() -> None:
    def tried(context: VerdictContext) -> str:
        return verdict(pipelined_inference(), context).text.partition("not in use")[2]

    assert tried(replace(HERE, paths=("host", "cuda"))) == "; try path cuda"
    assert tried(replace(HERE, precision="int8")) == ""
    assert tried(replace(HERE, precision="fp32", precisions=("fp32", "bf16"))) == "; try swift-bf16"
    assert tried(replace(HERE, generator="")) == "; try int8"
    assert tried(replace(HERE, path="classic")) == "; try path host"
    assert tried(VerdictContext()) == ""


def test_other_programs_are_told_of_before_anything_is_suggested() -> None:
    found = verdict(pipelined_inference(), replace(HERE, others_percent=74.0))
    assert found.text == "CPU-bound in infer: 21.3 of 27.9 ms; other programs use 74 % of the processor"
    for little in (10.0, math.nan, 1e9):
        assert verdict(pipelined_inference(), replace(HERE, others_percent=little)).text.endswith("try swift-int8")


def test_drawing_on_the_processor() -> None:
    frames = run(
        ("pose", 0.0, 1.0, "cpu"), ("render", 1.0, 22.0, "cpu"), ("infer", 24.0, 6.0, "cpu"),
        period_ms=25.0, latency_ms=40.0,
    )  # fmt: skip
    found = verdict(frames, HERE)
    assert found.bound == "cpu:render"
    assert found.text.startswith("CPU-bound in render: 22.0 of 25.0 ms; GPU not in use")


def test_inference_on_the_gpu() -> None:
    frames = run(
        ("pose", 0.0, 0.1, "cpu"), ("render", 0.1, 0.4, "cpu"), ("pack", 1.0, 0.2, "gpu"), ("infer", 1.2, 7.5, "gpu"),
        ("unpack", 8.7, 0.2, "gpu"), period_ms=8.0, latency_ms=12.0,
    )  # fmt: skip
    found = verdict(frames, ON_GPU)
    assert found.bound == "gpu:infer"
    assert found.text.startswith("GPU-bound in infer: 7.")
    assert found.text.endswith(" of 8.0 ms; try swift-fp16")


def test_copies_over_the_bus() -> None:
    frames = run(
        ("render", 0.0, 1.0, "cpu"), ("copy_out", 1.0, 9.0, "cpu"), ("infer", 11.0, 3.0, "gpu"),
        ("copy_in", 15.0, 6.0, "cpu"), period_ms=20.0, latency_ms=25.0,
    )  # fmt: skip
    found = verdict(frames, replace(ON_GPU, passages=("image interop", "pixel buffer")))
    assert found.bound == "bus"
    assert found.text == "Held back by read-back: copies take 15.0 of 20.0 ms; try image interop"


def test_the_rate_that_was_asked_for() -> None:
    paced = run(("infer", 5.0, 20.0, "cpu"), period_ms=33.4, latency_ms=30.0)
    found = verdict(paced, replace(HERE, target_fps=30.0))
    assert (found.bound, found.text) == ("none", "Nothing to do: 30 fps is what was asked for")
    assert verdict(pipelined_inference(), replace(HERE, target_fps=60.0)).bound == "cpu:infer"


def test_requests_that_come_too_seldom() -> None:
    paced = run(("infer", 5.0, 10.0, "cpu"), period_ms=50.0, latency_ms=20.0)
    found = verdict(paced, replace(HERE, target_fps=25.0))
    assert found.bound == "requests"
    assert found.text == "Waiting for requests: nothing was asked for during 30.0 of 50.0 ms"


def test_somebody_who_moves_a_slider_now_and_then() -> None:
    paced = run(("infer", 5.0, 10.0, "cpu"), period_ms=200.0, latency_ms=28.0)
    found = verdict(paced, replace(HERE, target_fps=60.0))
    assert (found.bound, found.text) == ("requests", "Waiting for requests: each is answered after 28.0 ms")


def test_a_screen_that_is_waited_for() -> None:
    frames = run(
        ("render", 0.0, 1.0, "cpu"), ("infer", 1.0, 3.0, "gpu"), ("show", 5.0, 13.0, "cpu"),
        period_ms=16.7, latency_ms=33.0,
    )  # fmt: skip
    found = verdict(frames, ON_GPU)
    assert (found.bound, found.text) == ("screen", "Waiting for the screen: show takes 13.0 of 16.7 ms")


def serial() -> list[FrameRecord]:
    return run(
        ("pose", 0.0, 0.5, "cpu"), ("render", 0.5, 9.0, "cpu"), ("infer", 9.5, 12.0, "cpu"), ("show", 21.5, 2.0, "cpu"),
        period_ms=24.0, latency_ms=24.0, depth=1,
    )  # fmt: skip


def test_stages_that_follow_one_another() -> None:
    found = verdict(serial(), replace(HERE, depth=1))
    assert found.bound == "serial"
    assert found.text == "The stages follow one another, 1 in flight: infer 12.0, render 9.0 of 24.0 ms; try depth 2"
    assert verdict(serial(), HERE).text.startswith("Each request waits for the picture before it: infer 12.0")
    assert verdict(serial(), replace(HERE, depth=1, cores=1)).bound == "cpu:infer", "one core cannot overlap anything"


@pytest.mark.parametrize("depth", [2, 3])
def test_a_hand_that_has_the_engine_to_itself_is_not_told_of_a_depth_that_is_set(depth: int) -> None:
    """One in flight is then a policy, not a setting."""
    found = verdict(serial(), replace(HERE, depth=depth))
    assert found.bound == "requests"
    assert found.text == "Each request waits for the picture before it: infer 12.0, render 9.0 of 24.0 ms"
    assert found.evidence["in_flight"] == 1.0


def test_the_classic_path_cannot_be_any_deeper() -> None:
    classic = replace(HERE, path="classic", depth=1)
    assert verdict(serial(), classic).bound == "serial"
    assert verdict(serial(), classic).text.endswith(" of 24.0 ms; try path host")
    on_gpu = replace(classic, gpu_in_use=True)
    assert verdict(serial(), on_gpu).text.endswith(" of 24.0 ms"), "the processor would be no faster"
    assert verdict(serial(), replace(on_gpu, paths=("cuda", "host"))).text.endswith(" of 24.0 ms; try path cuda")


def test_a_thread_that_waits_for_the_gpu_is_not_the_processors_work() -> None:
    frames = run(("render", 0.0, 1.0, "cpu"), ("infer", 1.0, 18.0, "cpu"), period_ms=20.0, latency_ms=20.0, depth=1)
    context = replace(HERE, path="classic", gpu_in_use=True, depth=1, paths=("cuda", "host"))
    found = verdict(frames, context)
    assert found.bound == "cpu:infer"
    assert found.text == "Waiting for the GPU in infer: 18.0 of 20.0 ms; try path cuda"


def test_two_cores_that_are_used_up() -> None:
    frames = run(
        ("pose", 0.0, 1.0, "cpu"), ("render", 1.0, 18.5, "cpu"), ("infer", 21.5, 21.0, "cpu"),
        period_ms=21.5, latency_ms=45.0,
    )  # fmt: skip
    found = verdict(frames, HERE)
    assert found.bound == "cpu:cores"
    assert found.text.startswith("Drawing and inference share 2 cores: 4")
    assert found.text.endswith(" of 43 core-ms a frame; try swift-int8")
    assert verdict(frames, replace(HERE, faces=4)).text.endswith("try fewer faces a batch")
    assert verdict(frames, replace(HERE, cores=16)).bound == "cpu:infer", "there are others"


def test_nobody_is_busy() -> None:
    frames = run(("infer", 5.0, 8.0, "cpu"), period_ms=40.0, latency_ms=70.0)
    found = verdict(frames, HERE)
    assert found.bound == "none"
    assert found.text.startswith("Nothing here is busy for half the time: infer takes 8.0 of 40.0 ms")


def test_too_little_to_say_anything() -> None:
    few = Verdict("Not enough frames yet", "none")
    for frames in ([], pipelined_inference()[:5], [record(index, steady=False) for index in range(50)]):
        found = verdict(frames, HERE)
        assert (found.text, found.bound) == (few.text, few.bound)


def test_broken_timings_are_not_believed() -> None:
    broken = [
        replace(frame, stages=tuple(replace(stage, duration_ms=math.nan) for stage in frame.stages))
        for frame in pipelined_inference()
    ]
    assert verdict(broken, HERE).text == "No stage was timed: what takes the time is not known"
    jumped = [*pipelined_inference()[:50], *(delayed(frame, 1e9) for frame in pipelined_inference()[50:])]
    assert verdict(jumped, HERE).bound == "cpu:infer", "the jump is a gap"


@given(hostile_records())
def test_no_timing_raises_or_is_told_as_a_figure_that_is_none(records) -> None:
    found = verdict(records * 3, HERE)
    assert found.text
    assert "\n" not in found.text
    assert "nan" not in found.text
    assert all(math.isfinite(figure) for figure in found.evidence.values())

"""viewer.path_text: what is said of a path and of its changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gpu_core.path_state import PathState
from gpu_core.plans.progress import PlanProgress
from viewer.path_text import badge, building, change, duration, is_worse_tier, tooltip

NB = "\N{NO-BREAK SPACE}"
HOST = PathState("host", "there is no NVIDIA driver", "OpenVINO bf16")
CUDA = PathState("cuda", "L4 is there, and its plan", "TensorRT 11.4 fp16", "image")
BUFFER = replace(CUDA, tier="pixel buffer", tier_reason="cuGraphicsGLRegisterImage failed: 304; draw on the GPU's EGL")
BUILDING = replace(HOST, building=PlanProgress("timing tactics", 0.43, 31.0, 40.2))


def test_the_badge_names_path_and_tier() -> None:
    assert [badge(state) for state in (HOST, CUDA, BUFFER)] == ["host", "CUDA · image", "CUDA · pixel buffer"]
    assert [is_worse_tier(state) for state in (HOST, CUDA, BUFFER)] == [False, False, True]


def test_the_tooltip_says_why_at_what_cost_and_what_mends_it() -> None:
    told = tooltip(BUFFER)
    for words in ("L4 is there", "TensorRT 11.4 fp16", "two more copies a frame", "304", "draw on the GPU's EGL"):
        assert words in told
    assert "no pixel crosses the bus" in tooltip(CUDA)


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (
            PlanProgress("tactics", 0.43, 31.0, 40.2),
            f"Building the TensorRT plan: 43 %, about 40{NB}s left; ",
        ),
        (PlanProgress("starting", None, 3.0), f"Building the TensorRT plan: for 3{NB}s now; "),
        (PlanProgress("tactics", 0.1, 31.0), "Building the TensorRT plan: 10 %; "),
    ],
)
def test_a_plan_tells_how_far_it_is_and_who_serves_meanwhile(progress: PlanProgress, words: str) -> None:
    assert building(replace(HOST, building=progress)) == f"{words}the face runs on the CPU meanwhile"
    alone = PathState("cuda", "", "none", building=progress, serving=False)
    assert building(alone) == f"{words}the render image stands in meanwhile"
    assert building(HOST) == ""


def test_long_times_are_in_minutes() -> None:
    told = [duration(seconds).replace(NB, " ") for seconds in (-1.0, 5.2, 99.0, 170.0)]
    assert told == ["0 s", "5 s", "99 s", "3 min"]


def test_what_changes_is_one_line_and_worse_is_a_warning() -> None:
    assert change(HOST, HOST) == ("", "info")
    assert change(BUILDING, replace(BUILDING, building=PlanProgress("graph", 0.5, 40.0))) == ("", "info")
    better, level = change(BUILDING, CUDA)
    assert better.startswith("Runs on the GPU now: CUDA · image, TensorRT 11.4 fp16; L4")
    assert level == "info"
    worse, level = change(CUDA, BUFFER)
    assert "CUDA · pixel buffer" in worse
    assert "304" in worse
    assert level == "warning"
    fallen, level = change(CUDA, replace(HOST, reason="the NVIDIA path is out: cuCtxSynchronize failed: 700"))
    assert fallen.startswith("Runs on the processor now: host, OpenVINO bf16; the NVIDIA path is out")
    assert level == "warning"


def test_a_baseline_that_loses_its_gpu_is_a_warning() -> None:
    on_gpu = PathState("classic", "chosen by hand", "TensorRT 11.4.0 fp32, synchronous copies", gpu="GPU-1")
    on_cpu = PathState("classic", "the NVIDIA path is out: cuMemcpyHtoD failed: 700", "ONNX Runtime fp32, as it comes")
    text, level = change(on_gpu, on_cpu)
    assert text.endswith("ONNX Runtime fp32, as it comes; the NVIDIA path is out: cuMemcpyHtoD failed: 700")
    assert (level, change(on_cpu, on_gpu)[1]) == ("warning", "info")


def test_a_plan_that_is_not_to_be_is_told() -> None:
    assert change(HOST, BUILDING) == (building(BUILDING), "info")
    assert change(BUILDING, HOST) == ("The plan for the GPU has not been built", "warning")
    cancelled = replace(HOST, reason="the NVIDIA path is out: building the plan was cancelled")
    assert change(BUILDING, cancelled) == ("The NVIDIA path is out: building the plan was cancelled", "warning")

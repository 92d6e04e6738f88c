"""The verdict: what holds the frames back, in one line, and what could be tried. Pure: records in, words out.

    budget (how busy who is) -> the first rule that holds -> a sentence

The rules go from the certain to the likely: enough frames, enough speed, nothing asked for, somebody busy all the time,
cores that are used up, stages that wait for each other, and then the longest stage.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from gpu_core.frame_budget import ENGINE, GPU, INFERENCE, WINDOW, FrameBudget, budget
from gpu_core.frame_record import FrameRecord
from gpu_core.frame_statistics import period_of

# Choices, by trying them on traces of known cause (see the tests).
FEWEST = 10  # frames before anything is said
ENOUGH = 1.1  # of the period that was asked for: that much slower still is what was asked for
FULL = 0.85  # of the period: somebody so busy is what the others wait for
USED_UP = 0.9  # of the cores' time
IDLE = 0.3  # of the period, in which nothing was asked for
COPIED = 0.4  # of the period, in copies over the bus
ALONE = 1.5  # batches in flight: fewer, and there was mostly one
CROWDED = 25.0  # percent of the processor: with so much taken by others, what Mien could do better matters less
LONG = 0.5  # of the period: a stage worth naming
# The faster first; on processors and on GPUs.
FASTER_ON_CPU, FASTER_ON_GPU = ("int8", "bf16", "fp32"), ("int8", "fp16", "fp32")
COPIES = ("copy_out", "copy_in")


@dataclass(frozen=True)
class VerdictContext:
    """What runs, and what could be tried instead. Empty where it is not known: then nothing is suggested."""

    path: str = "host"  # host | cuda | classic
    generator: str = ""
    precision: str = ""  # in use, not "auto"
    precisions: tuple[str, ...] = ()  # that can be had here
    paths: tuple[str, ...] = ()  # that can be had here
    passages: tuple[str, ...] = ()  # better than the one in use, best first, such as "image interop"
    gpu_in_use: bool = False
    depth: int = 2  # batches in flight at most, on this path
    cores: int = 1
    threads: int = 1  # that one inference uses
    faces: int = 1  # a batch
    target_fps: float = 0.0  # 0: as many as there can be
    others_percent: float = 0.0  # of all cores' time, that other programs take


@dataclass(frozen=True)
class Verdict:
    """One line, and what it rests on."""

    text: str
    # "none", "requests", "screen", "bus", "serial", "cpu:cores", or a stage as "cpu:infer", "cpu:render", "gpu:infer"
    bound: str
    evidence: Mapping[str, float] = field(default_factory=dict)


Rule: TypeAlias = Callable[[FrameBudget, VerdictContext], tuple[str, str] | None]  # bound, sentence


def verdict(records: Sequence[FrameRecord], context: VerdictContext) -> Verdict:
    """Say what holds these frames back; whatever the timings say, this never raises."""
    found = budget(records, target_fps=context.target_fps)
    bound, text = next(said for rule in RULES if (said := rule(found, context)) is not None)
    return Verdict(text, bound, _evidence(found))


def _evidence(found: FrameBudget) -> dict[str, float]:
    figures = {
        "frames": float(found.frames),
        "period_ms": found.period_ms,
        "latency_ms": found.latency_ms,
        "unasked_ms": found.unasked_ms,
        "in_flight": found.in_flight,
    }
    figures |= {f"{key}_ms": value for key, value in found.stages_ms.items()}
    return figures | {f"{worker} busy": found.share(worker) for worker in found.workers_ms}


# ---- the rules, in their order -----------------------------------------------------------------------------------
def _too_few(found: FrameBudget, context: VerdictContext) -> tuple[str, str] | None:
    if found.frames >= FEWEST or found.pauses >= max(FEWEST, found.frames):
        return None
    return "none", "Not enough frames yet"


def _answered(found: FrameBudget, context: VerdictContext) -> tuple[str, str] | None:
    """Somebody moves a slider now and then: every frame is answered by itself."""
    if found.pauses < max(FEWEST, found.frames):
        return None
    return "requests", f"Waiting for requests: each is answered after {found.latency_ms:.1f} ms"


def _fast_enough(found: FrameBudget, context: VerdictContext) -> tuple[str, str] | None:
    asked_ms = period_of(context.target_fps)
    if not asked_ms or found.period_ms > ENOUGH * asked_ms:
        return None
    return "none", f"Nothing to do: {context.target_fps:g} fps is what was asked for"


def _unasked(found: FrameBudget, context: VerdictContext) -> tuple[str, str] | None:
    if found.unasked_ms < IDLE * found.period_ms:
        return None
    return "requests", f"Waiting for requests: nothing was asked for during {_of(found.unasked_ms, found)}"


def _gpu_full(found: FrameBudget, context: VerdictContext) -> tuple[str, str] | None:
    return _bound_in(GPU, found, context) if found.share(GPU) >= FULL else None


def _copies(found: FrameBudget, context: VerdictContext) -> tuple[str, str] | None:
    copies_ms = sum(found.stages_ms.get(f"{clock}:{name}", 0.0) for clock in ("cpu", "gpu") for name in COPIES)
    longest_ms = max((ms for key, ms in found.stages_ms.items() if not key.endswith(COPIES)), default=0.0)
    if copies_ms < max(COPIED * found.period_ms, longest_ms):
        return None
    passage = f"; try {context.passages[0]}" if context.passages else _another_path(context)
    return "bus", f"Held back by read-back: copies take {_of(copies_ms, found)}{passage}"


def _cores_used_up(found: FrameBudget, context: VerdictContext) -> tuple[str, str] | None:
    drawing_ms = found.workers_ms[ENGINE]
    inferring_ms = found.workers_ms[INFERENCE] * max(context.threads, 1)
    capacity_ms = context.cores * found.period_ms
    is_even = min(drawing_ms, inferring_ms) >= LONG * max(drawing_ms, inferring_ms) > 0.0
    if context.cores < 2 or not is_even or drawing_ms + inferring_ms < USED_UP * capacity_ms:
        return None
    used = min(drawing_ms + inferring_ms, capacity_ms)
    text = f"Drawing and inference share {context.cores} cores: {used:.0f} of {capacity_ms:.0f} core-ms a frame"
    fewer = "; try fewer faces a batch" if context.faces > 1 else _another_precision(context)
    return "cpu:cores", f"{text}{_crowd(context) or fewer}"


def _one_after_another(found: FrameBudget, context: VerdictContext) -> tuple[str, str] | None:
    """Nobody is busy all the time, but somebody always is: what works beside each other nowhere overlaps."""
    can_overlap = context.cores > 1 or context.gpu_in_use
    fullest_ms = max(found.workers_ms.values())
    in_turn = found.any_ms >= FULL * found.period_ms and sum(found.workers_ms.values()) <= 1.1 * found.any_ms
    if found.in_flight > ALONE or not can_overlap or not in_turn or fullest_ms >= FULL * found.period_ms:
        return None
    longest = sorted(found.stages_ms, key=lambda key: -found.stages_ms[key])[:2]
    parts = ", ".join(f"{_name(key)} {found.stages_ms[key]:.1f}" for key in longest)
    if context.depth > 1:  # two could be in flight: whoever asks waits for each answer, as a hand does
        return "requests", f"Each request waits for the picture before it: {parts} of {found.period_ms:.1f} ms"
    deeper = _another_path(context) if context.path == "classic" else "; try depth 2"
    return "serial", f"The stages follow one another, 1 in flight: {parts} of {found.period_ms:.1f} ms{deeper}"


def _longest(found: FrameBudget, context: VerdictContext) -> tuple[str, str] | None:
    busiest = max(found.workers_ms, key=lambda worker: found.workers_ms[worker])
    return _bound_in(busiest, found, context) if found.share(busiest) >= LONG else None


def _unexplained(found: FrameBudget, context: VerdictContext) -> tuple[str, str] | None:
    key = max(found.stages_ms, key=lambda stage: found.stages_ms[stage], default="")
    if not key or not found.stages_ms[key]:
        return "none", "No stage was timed: what takes the time is not known"
    text = f"Nothing here is busy for half the time: {_name(key)} takes {_of(found.stages_ms[key], found)}"
    return "none", f"{text}{_crowd(context) or '; another program may need the cores'}"


RULES: tuple[Rule, ...] = (
    _too_few, _answered, _fast_enough, _unasked, _copies, _gpu_full, _cores_used_up, _one_after_another, _longest,
    _unexplained,
)  # fmt: skip


# ---- words -------------------------------------------------------------------------------------------------------
def _bound_in(worker: str, found: FrameBudget, context: VerdictContext) -> tuple[str, str]:
    key, took_ms = found.slowest(worker)
    if worker == WINDOW:
        return "screen", f"Waiting for the screen: show takes {_of(took_ms, found)}"
    if worker == GPU:
        return key, f"GPU-bound in {_name(key)}: {_of(took_ms, found)}{_another_precision(context)}"
    if key == "cpu:infer" and context.gpu_in_use:  # the classic path, which waits for its network
        return key, f"Waiting for the GPU in infer: {_of(took_ms, found)}{_another_path(context)}"
    unused = "" if context.gpu_in_use else "; GPU not in use"
    tried = _another_path(context) or (_another_precision(context) if key == "cpu:infer" else "")
    return key, f"CPU-bound in {_name(key)}: {_of(took_ms, found)}{_crowd(context) or unused + tried}"


def _of(took_ms: float, found: FrameBudget) -> str:
    return f"{took_ms:.1f} of {found.period_ms:.1f} ms"


def _crowd(context: VerdictContext) -> str:
    if not CROWDED <= context.others_percent <= 100.0:
        return ""
    return f"; other programs use {context.others_percent:.0f} % of the processor"


def _name(key: str) -> str:
    return key.partition(":")[2].replace("_", " ")


def _another_path(context: VerdictContext) -> str:
    if context.path != "cuda" and "cuda" in context.paths:
        return "; try path cuda"
    is_outdone = context.path == "classic" and "host" in context.paths and not context.gpu_in_use
    return "; try path host" if is_outdone else ""


def _another_precision(context: VerdictContext) -> str:
    """The fastest precision that can be had and is faster than the one in use."""
    order = FASTER_ON_GPU if context.gpu_in_use else FASTER_ON_CPU
    if context.precision not in order:
        return ""
    faster = [name for name in order[: order.index(context.precision)] if name in context.precisions]
    return f"; try {context.generator}-{faster[0]}".replace("try -", "try ") if faster else ""

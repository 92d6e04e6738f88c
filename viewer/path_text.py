"""What the window says of a path: badge, tooltip, how a plan comes along, and what has changed. Pure text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gpu_core.path_state import PathState
    from gpu_core.plans.progress import PlanProgress

NAMES = {"cuda": "CUDA", "host": "host", "classic": "classic"}
TITLES = {
    "host": "Runs on the processor",
    "cuda": "Runs on the GPU",
    "classic": "The baseline, to compare with",
    "render only": "No generator",
}
TIERS = {
    "image": "CUDA reads and writes OpenGL's textures in place: no pixel crosses the bus",
    "pixel buffer": "Pixels pass through OpenGL buffers: two more copies a frame, which stay on the GPU",
    "host copy": "Every picture crosses the bus to the host and back",
}


def badge(state: PathState) -> str:
    """`CUDA · image`, `host`: the path in as few words as say it."""
    return " · ".join(filter(None, (NAMES.get(state.name, state.name), state.tier)))


def is_worse_tier(state: PathState) -> bool:
    """Whether pixels pass between OpenGL and CUDA in another way than the best."""
    return state.tier not in ("", "image")


def tooltip(state: PathState, fallen: bool = False) -> str:
    """All there is to say of a path, a paragraph each: why it, what it costs, what would mend it."""
    lines = [
        f"<b>{badge(state)}</b> · {TITLES.get(state.name, '')}".removesuffix(" · "),
        sentence(state.reason),
        f"Inference: {state.engine}" if state.engine != "none" else "",
        TIERS.get(state.tier, ""),
        sentence(state.tier_reason),
        "The GPU has served before: see Help → About this machine for what it says of itself" if fallen else "",
    ]
    return "<p>" + "</p><p>".join(filter(None, lines)) + "</p>"


def building(state: PathState) -> str:
    """How far the plan is, and who shows the face meanwhile; "" if none is being built."""
    return f"Building the TensorRT plan: {_how_far(state.building)}; {_meanwhile(state)}" if state.building else ""


def _how_far(progress: PlanProgress) -> str:
    percent = "" if progress.fraction is None else f"{100 * progress.fraction:.0f} %"
    left = "" if progress.left_s is None else f"about {duration(progress.left_s)} left"
    return ", ".join(filter(None, (percent, left))) or f"for {duration(progress.elapsed_s)} now"


def _meanwhile(state: PathState) -> str:
    if not state.serving:
        return "the render image stands in meanwhile"
    where = "GPU" if state.name == "cuda" else "CPU"
    return f"the face runs on the {where} meanwhile"


def duration(seconds: float) -> str:
    """`40 s`, `3 min`: as exact as anybody needs a time that is estimated; no line breaks before the unit."""
    return f"{max(seconds, 0):.0f}\N{NO-BREAK SPACE}s" if seconds < 100 else f"{seconds / 60:.0f}\N{NO-BREAK SPACE}min"


def change(before: PathState, after: PathState) -> tuple[str, str]:
    """What to tell of a change, and its level; "" if it is none that anybody has to know of."""
    ways = [(state.name, state.tier, state.engine, state.serving) for state in (before, after)]
    if ways[0] != ways[1]:
        leaves_gpu = (before.name == "cuda" and after.name != "cuda") or bool(before.gpu and not after.gpu)
        is_worse = leaves_gpu or is_worse_tier(after) or not after.serving
        why = after.tier_reason if is_worse_tier(after) and after.tier_reason else after.reason
        return f"{TITLES.get(after.name, after.name)} now: {badge(after)}, {after.engine}; {why}", _level(is_worse)
    if after.building and not before.building:
        return building(after), "info"
    if before.reason != after.reason:
        return sentence(after.reason), "warning"
    if before.building and not after.building:
        return "The plan for the GPU has not been built", "warning"
    return "", "info"


def _level(is_worse: bool) -> str:
    return "warning" if is_worse else "info"


def sentence(text: str) -> str:
    """With a capital letter, if it begins with one at all."""
    return text[:1].upper() + text[1:]

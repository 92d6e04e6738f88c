"""The words and figures of the latency panel, and all of it as Markdown. Pure text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from gpu_core.frame_record import FrameRecord
from gpu_core.frame_statistics import FrameStatistics
from gpu_core.settings import Traffic
from gpu_core.timing import Percentiles
from viewer import theme
from viewer.figures.columns import ROWS
from viewer.figures.figures_grid import Figure

EMPTY = "Frames will appear here as soon as something moves."
WHY_UNSTEADY = "something was loaded or compiled on the way, or it is one of the first after that"
PICK = "Pick a frame: click on the latency graph, or pause it with P and go through the frames with , and ."
NONE = "–"


def figures(found: FrameStatistics, *, depth: int, age_ms: float | None, traffic: Traffic | None) -> tuple[Figure, ...]:
    """The figures below the graph. `depth` is how many batches may be in flight; `age_ms` that of the frame shown."""
    missed = f"of {found.frames}" if found.target_fps else ""
    target = f"{found.target_fps:g}"
    return (
        Figure("fps", _plain(found.fps), "Frames shown a second, steady frames only; pauses are left out."),
        Figure(
            "1 % low",
            _plain(found.one_percent_low_fps, "fps"),
            "The rate of the slowest hundredth of the intervals between frames: their number by the time they took.",
        ),
        Figure(
            "frame age",
            _plain(age_ms, "ms", digits=0),
            "How old the frame on the screen is, counted from its input event; while nothing moves, when it got there.",
        ),
        Figure(
            "jitter",
            _plain(found.jitter_ms, "ms"),
            "Mean difference between one interval and the next (|D| of RFC 3550, not smoothed). 0 ms: an even rhythm.",
        ),
        Figure(
            "in flight",
            f"{found.queue_depth:.1f} of {depth}",
            "Queue depth: batches that were being worked on when a frame was submitted, itself included, on average.",
        ),
        Figure(
            "missed",
            f"{found.missed} {missed}".strip() if found.target_fps else NONE,
            f"Frames that came more than half a period late for {target} frames a second.",
            level="warning" if found.missed else "",
        ),
        Figure("dropped", str(found.dropped), dropped_tip(found), level="warning" if found.dropped else ""),
        Figure("bus", NONE if traffic is None else size(traffic.host_bytes), bus_tip(traffic or Traffic())),
    )


def dropped_tip(found: FrameStatistics) -> str:
    """Why requests never reached the screen."""
    why = "; ".join(f"{reason}: {count}" for reason, count in found.dropped_why.items())
    return (
        f"Requests that never reached the screen. <br>{why or 'None in the frames shown here.'}"
        "<br>While something moves, only the newest request counts: to drop the ones before keeps the latency low."
    )


def verdict_tip(verdict: str, evidence: Mapping[str, float]) -> str:
    """The verdict, and what it rests on."""
    cells = (
        f"<tr><td>{name.replace('_ms', ', ms').replace('_', ' ')}&nbsp;</td><td align='right'>{value:.2f}</td></tr>"
        for name, value in evidence.items()
    )
    meaning = "Means of the last frames; busy: share of the time from one frame to the next"
    return f"<p>{verdict}</p><p>{meaning}</p><table>{''.join(cells)}</table>" if evidence else verdict


def frame_line(record: FrameRecord) -> str:
    """One picked frame, in a line."""
    age = "age not known" if math.isnan(record.latency_ms) else f"{record.latency_ms:.1f} ms old when shown"
    state = "steady" if record.steady else "unsteady"
    parts = [f"Frame {record.index}", age, record.path, state, f"{record.in_flight} in flight"]
    if record.dropped:
        parts.append(f"{record.dropped} dropped before it")
    return " · ".join(parts)


def frame_tip(record: FrameRecord) -> str:
    """What the words of `frame_line` mean."""
    why = "" if record.steady else f"<p><b>unsteady</b>: {WHY_UNSTEADY}. It counts in no figure.</p>"
    return (
        f"<p>Its age is from the input event to the screen.</p>{why}"
        "<p><b>in flight</b>: batches that were being worked on when it was submitted, itself included</p>"
        "<p><b>dropped</b>: requests between the frame before and this one that a newer one replaced</p>"
    )


def bus_tip(traffic: Traffic) -> str:
    """What the bytes of a frame were."""
    recorded = f"<br><b>REC</b> {size(traffic.recorded_bytes)}: the copy that a recording takes, not in it"
    return (
        "Bytes of the last frame that crossed the bus between host and GPU; on software OpenGL, memory copied instead."
        f"<br><b>pixels</b> {size(traffic.pixel_bytes)}: pictures and tensors, none where CUDA works on OpenGL's "
        f"textures in place<br><b>all</b> {size(traffic.host_bytes)}: poses and weights as well"
        f"{recorded if traffic.recorded_bytes else ''}"
    )


def size(count: int) -> str:
    """Bytes as people read them, in powers of 1024."""
    if count < 1024:
        return f"{count} B"
    return f"{count / 1024:.0f} KiB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MiB"


@dataclass(frozen=True)
class Report:
    """What is copied: all that the panel shows, and of what."""

    verdict: str
    table: Mapping[str, Percentiles]
    on_gpu: frozenset[str]
    figures: tuple[Figure, ...]
    left_out: int
    machine: Mapping[str, str]
    engine: Mapping[str, str]
    settings: Mapping[str, object]

    def markdown(self) -> str:
        """All of it, as Markdown that GitHub shows as tables."""
        blocks = [
            "## Mien: where the time goes",
            f"**{_cell(self.verdict)}**",
            _markdown_table(("ms", "p50", "p95", "p99", "slowest 1 %", "clock", "frames"), self._stages(), figures=5),
            _markdown_table(("figure", "value"), [(figure.name, figure.text) for figure in self.figures]),
            f"Left out of all of this, unsteady frames: {self.left_out} ({WHY_UNSTEADY})." if self.left_out else "",
            _markdown_list("Machine", self.machine),
            _markdown_list("Engine", self.engine),
            _markdown_list("Settings", self.settings),
        ]
        return "\n\n".join(block for block in blocks if block) + "\n"

    def _stages(self) -> list[tuple[str, ...]]:
        return [
            (
                theme.STAGE_TITLES[name],
                *(f"{value:.2f}" for value in (row.p50, row.p95, row.p99, row.worst_1pct)),
                "GPU" if name in self.on_gpu else "CPU",
                str(row.count),
            )
            for name in ROWS
            if (row := self.table.get(name)) is not None
        ]


def _markdown_table(head: tuple[str, ...], rows: list[tuple[str, ...]], figures: int = 1) -> str:
    """A table whose columns, but for the first, are aligned right if they hold figures."""
    if not rows:
        return ""
    line = ["---", *("---:" for _ in head[1:figures]), *("---" for _ in head[max(figures, 1) :])]
    lines = (head, line, *rows)
    return "\n".join(f"| {' | '.join(map(_cell, cells))} |" for cells in lines)


def _markdown_list(title: str, facts: Mapping[str, object]) -> str:
    return f"{title}: " + ", ".join(f"{name} {value}" for name, value in facts.items()) if facts else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _plain(value: float | None, unit: str = "", digits: int = 1) -> str:
    if value is None or not math.isfinite(value):
        return NONE
    return f"{value:.{digits}f} {unit}".strip()

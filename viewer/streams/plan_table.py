"""A plan for people: a line for each number of faces, and what it comes to."""

from __future__ import annotations

from viewer.streams.plan import Plan, Point, efficiency

_RATES = (15.0, 25.0, 30.0)
_HEADINGS = ("way", "faces", "faces/s", "each fps", "efficiency", "p50 ms", "p95 ms", "CPU %", "MB")


def plan_lines(plan: Plan, fps: float) -> list[str]:
    """The table and its sentences."""
    rows = [_HEADINGS, *(_cells(plan, point) for way in plan.ways for point in plan.curve(way))]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEADINGS))]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    return [*lines, plan.sentence(fps), *(_held(plan, way) for way in plan.ways)]


def _cells(plan: Plan, point: Point) -> tuple[str, ...]:
    return (
        point.way, str(point.faces), f"{point.faces_per_s:.1f}", f"{point.faces_per_s / point.faces:.1f}",
        f"{efficiency(plan.points, point):.2f}", f"{point.p50_ms:.0f}", f"{point.p95_ms:.0f}",
        f"{point.cpu_percent:.0f}", f"{point.memory_mb:.0f}",
    )  # fmt: skip


def _held(plan: Plan, way: str) -> str:
    told = ", ".join(f"{plan.holds(fps, way)} at {fps:g} fps" for fps in _RATES)
    return f"{'a worker each' if way == 'workers' else 'one batch'}: {told}"

"""What the window says of a stream and of all of them, and in what colours. Knows no widgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from viewer import theme
from viewer.streams.values import StreamStatus

STATE_COLOURS: Mapping[str, str] = {
    "starting": theme.DIM, "live": theme.LIVE, "restarting": theme.WARNING, "degraded": theme.WARNING,
    "ended": theme.FAINT, "failed": theme.ERROR, "refused": theme.ERROR,
}  # fmt: skip
SHOWING = ("live", "degraded")  # faces are coming
OVER = ("ended", "failed", "refused")  # nothing more will come by itself
NONE, NOWHERE = "–", "nowhere"  # what a stream without a target says
PUSH_STATES: Mapping[str, str] = {"live": "pushed"}  # beside the stream's own state, "live" would mean two things


@dataclass(frozen=True)
class CardText:
    """What a card says."""

    number: int
    state: str
    colour: str
    where: str  # of what is pushed, without secrets
    cells: tuple[str, ...]  # row by row, three in each
    reason: str
    reason_colour: str
    tip: str
    can_restart: bool


def card_text(status: StreamStatus) -> CardText:
    """Everything that one stream's card says."""
    colour = STATE_COLOURS.get(status.state, theme.DIM)
    reason, reason_colour = _reason(status, colour)
    return CardText(
        number=status.number,
        state=status.state,
        colour=colour,
        where=status.push.where if _is_pushed(status) else "pushed nowhere",
        cells=(*_own_cells(status), *_push_cells(status)),
        reason=reason,
        reason_colour=reason_colour,
        tip=_tip(status),
        can_restart=status.state != "refused",
    )


def sum_text(statuses: Sequence[StreamStatus]) -> str:
    """How all of them go, in a line."""
    if not statuses:
        return ""
    live = [status for status in statuses if status.state in SHOWING]
    told = [f"{len(live)} of {len(statuses)} live"]
    if live:
        told.append(f"{sum(status.fps for status in live):.0f} faces/s")
        told.append(f"{sum(status.cpu_percent for status in live):.0f} % CPU")
    gpu = [status.gpu_percent for status in live if status.gpu_percent is not None]
    if gpu:
        told.append(f"{sum(gpu):.0f} % GPU")
    restarts = sum(status.restarts for status in statuses)
    if restarts:
        told.append(f"{restarts} restart{'s' * (restarts > 1)}")
    return ", ".join(told)


def _reason(status: StreamStatus, colour: str) -> tuple[str, str]:
    """The one sentence that counts most: its own, else what ails the push."""
    if status.note:
        return status.note, theme.DIM if status.state == "live" else colour
    if status.push.note:
        return status.push.note, theme.ERROR if status.push.state == "failed" else theme.WARNING
    return "", theme.DIM


def _is_pushed(status: StreamStatus) -> bool:
    return status.push.where not in ("", NOWHERE)


def _own_cells(status: StreamStatus) -> tuple[str, ...]:
    if not status.frames:
        return (NONE,) * 7
    gpu = f"{status.gpu_percent:.0f} % GPU" if status.gpu_percent is not None else "– % GPU"
    return (
        f"{status.fps:.1f} fps", f"{_count(status.misses)} missed", f"gap {_seconds(status.worst_gap_s)}",
        f"{status.age_ms:.0f} ms old", f"{status.cpu_percent:.0f} % CPU", gpu,
        f"{status.memory_mb:.0f} MB",
    )  # fmt: skip


def _push_cells(status: StreamStatus) -> tuple[str, ...]:
    push = status.push
    if not _is_pushed(status):
        return (NONE,) * 5
    return (
        PUSH_STATES.get(push.state, push.state), _rate(push.kbps),
        f"{push.queued} queued", f"{_count(push.dropped)} dropped", f"{_count(push.reconnects)} reconn.",
    )  # fmt: skip


def _count(number: int) -> str:
    return str(number) if number < 1000 else f"{number / 1000:.1f}k" if number < 99_950 else f"{number / 1000:.0f}k"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds < 9.995 else f"{seconds:.0f} s"


def _rate(kbps: float) -> str:
    return f"{kbps:.0f} kbit/s" if kbps < 9999.5 else f"{kbps / 1000:.1f} Mbit/s"


def _tip(status: StreamStatus) -> str:
    push = status.push
    lines = [f"Stream {status.number}: {status.state}", *filter(None, (status.note, push.note))]
    if status.frames:
        lines.append(f"{status.frames} faces made, {status.misses} deadlines missed, {status.restarts} restarts")
        lines.append(f"Longest time between two faces {status.worst_gap_s:.2f} s; a face is {status.age_ms:.0f} ms old")
    if _is_pushed(status):
        lines.append(f"Pushed to {push.where}: {push.state}, {push.reconnects} reconnects")
        again = f"{push.repeated} of them again for want of a newer"
        lines.append(f"{push.frames} frames sent, {again}; {push.dropped} dropped")
    if status.pid:
        lines.append(f"Process {status.pid}" + (", all faces in one batch" if status.way == "batch" else ""))
    return "\n".join(lines)

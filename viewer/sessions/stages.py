"""What the stages of a session's steady frames took."""

from __future__ import annotations

from viewer.sessions.session import Session


def recorded_stages(session: Session, *, most: int | None = None) -> dict[str, list[float]]:
    """Milliseconds of the steady frames of a session by stage, of `most` frames evenly over it.

    Raises:
        SessionError: they cannot be read.
    """
    steady = [row.frame for row in session.index() if row.steady]
    kept = set(steady if most is None else steady[:: max(1, len(steady) // most)])
    return {stage: [ms for frame, ms in times.items() if frame in kept] for stage, times in session.timings().items()}

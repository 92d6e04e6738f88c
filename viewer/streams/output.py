"""Where a stream's pictures go: pushed to its target, or nowhere, to watch and to measure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from viewer.push.values import PushStatus
from viewer.streams.values import StreamForm

if TYPE_CHECKING:
    from viewer.push.sound import Sound

NOWHERE = "nowhere"


class Output(Protocol):
    """What takes a stream's pictures; `viewer.push.pusher.Pusher` is one. Nothing but `close` waits."""

    def offer(self, pixels: Any, at_s: float) -> None:
        """A picture of a moment on time.monotonic's clock."""

    def status(self) -> PushStatus:
        """How it goes."""

    def close(self, timeout_s: float = 5.0) -> None:
        """Send what is left, for so long."""


class Nowhere:
    """Counts what it is given."""

    def __init__(self) -> None:
        self._frames = 0

    def offer(self, _pixels: Any, _at_s: float) -> None:
        """Count it."""
        self._frames += 1

    def status(self) -> PushStatus:
        """As if all had arrived."""
        return PushStatus(where=NOWHERE, state="live", frames=self._frames)

    def close(self, timeout_s: float = 5.0) -> None:
        """Nothing is left."""


def open_output(form: StreamForm, sound: Sound | None = None) -> Output:
    """The output that a form asks for, {n} being its number; `sound` goes beside the pictures.

    Raises:
        MienError: there is something wrong with the target itself.
    """
    if not form.to:
        return Nowhere()
    from viewer.push.pusher import open_pusher
    from viewer.push.target import expand

    output: Output = open_pusher(expand(form.to, form.number), form.video, form.size, sound=sound)
    return output

"""The sound of performances that have one, on whatever a `SoundOut` is: what a `PlaybackClock` follows."""

from __future__ import annotations

from viewer.performance.builtin import Performance
from viewer.sound.sound import SoundOut
from viewer.speech.spoken import Spoken


def sound_of(performance: Performance) -> Spoken | None:
    """What a performance sounds like; None: it is silent."""
    spoken = getattr(performance, "spoken", None)
    return spoken if isinstance(spoken, Spoken) else None


class PerformanceSound:
    """A `viewer.playback.Sounding`."""

    def __init__(self, out: SoundOut) -> None:
        self._out = out
        self.spoken: Spoken | None = None  # what plays, on a device or in silence

    def play(self, performance: Performance, from_s: float) -> None:
        """Let a performance be heard from there on; one without sound silences the one before."""
        self.spoken = spoken = sound_of(performance)
        if spoken is None:
            self._out.stop()
        else:
            self._out.play(spoken.samples, spoken.rate, from_s)

    def stop(self) -> None:
        """Fall silent."""
        self.spoken = None
        self._out.stop()

    @property
    def position_s(self) -> float | None:
        """What is heard now, in seconds into the performance; None: nothing."""
        return self._out.position_s

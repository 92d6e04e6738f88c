"""What was heard while a session was recorded, put together for its audio.wav: it begins with the first picture.

A picture is in the video when it was finished, later than what it shows was heard: the sound is put off by as much,
the median over all pictures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from viewer.picture_file import write_whole
from viewer.sessions.layout import AUDIO_NAME
from viewer.speech.spoken import Samples, Spoken

RATE = 48_000
DRIFT_S = 0.03  # a sound that is as far from where it should be is put there
TICK_S = 0.02  # how long what was noted last goes on


@dataclass(frozen=True)
class _Run:
    """A stretch of a sound that was heard at a go."""

    spoken: Spoken
    from_s: float  # in the sound
    start_ns: int
    end_ns: int


class SoundTrack:
    """`note` on the GUI thread, `note_frame` on the engine's; then `write` once both are done."""

    def __init__(self) -> None:
        self._played: list[tuple[int, float, Spoken]] = []
        self._frames: list[tuple[int, int]] = []

    def note(self, now_ns: int, position_s: float, spoken: Spoken) -> None:
        """This place of a sound is heard now, on the clock of `time.perf_counter_ns`."""
        self._played.append((now_ns, position_s, spoken))

    def note_frame(self, requested_ns: int, finished_ns: int) -> None:
        """A picture was asked for and finished then."""
        self._frames.append((requested_ns, finished_ns))

    def samples(self) -> Samples:
        """(n,) at `RATE`, from the first picture to the last; empty if nothing was heard or there is no picture."""
        if not self._frames or not self._played:
            return np.zeros(0, np.float32)
        first_ns, last_ns = self._frames[0][1], self._frames[-1][1]
        delay_ns = round(median(finished - requested for requested, finished in self._frames))
        out = np.zeros(max(round((last_ns - first_ns) * RATE / 1e9), 0), np.float32)
        for run in self._runs():
            part = _part(run)
            start = round((run.start_ns + delay_ns - first_ns) * RATE / 1e9)
            part, start = part[max(-start, 0) :], max(start, 0)
            room = out[start : start + len(part)]
            room[:] = part[: len(room)]
        return out

    def write(self, folder: Path) -> None:
        """Write audio.wav into a session's folder, if there is anything to hear.

        Raises:
            MienError: it cannot be written.
        """
        samples = self.samples()
        if samples.any() and folder.is_dir():
            write_audio(Spoken(samples, RATE, (), ""), folder)

    def _runs(self) -> Iterator[_Run]:
        start = self._played[0]
        last_ns = start[0]
        for now_ns, position_s, spoken in self._played:
            expected_s = start[1] + (now_ns - start[0]) / 1e9
            gap_s = (now_ns - last_ns) / 1e9
            if spoken is not start[2] or abs(position_s - expected_s) > DRIFT_S or gap_s > 10 * TICK_S:
                yield _run(start, min(now_ns, last_ns + round(TICK_S * 1e9)))
                start = (now_ns, position_s, spoken)
            last_ns = now_ns
        yield _run(start, last_ns + round(TICK_S * 1e9))


def _run(start: tuple[int, float, Spoken], end_ns: int) -> _Run:
    return _Run(start[2], start[1], start[0], end_ns)


def _part(run: _Run) -> Samples:
    """The samples of a run, at `RATE`."""
    spoken, seconds = run.spoken, (run.end_ns - run.start_ns) / 1e9
    times = run.from_s + np.arange(round(seconds * RATE)) / RATE
    known = np.arange(len(spoken.samples)) / spoken.rate
    return np.interp(times, known, spoken.samples, left=0.0, right=0.0).astype(np.float32)


def write_audio(spoken: Spoken, folder: Path, seconds: float | None = None) -> None:
    """A session's audio.wav: a sound from its beginning, at `RATE`.

    Raises:
        MienError: it cannot be written.
    """
    from viewer.speech.sound_file import write_wav  # not before: the window starts without FFmpeg

    length_s = spoken.duration_s if seconds is None else seconds
    run = _Run(spoken, 0.0, 0, round(length_s * 1e9))
    samples = spoken.samples if spoken.rate == RATE and seconds is None else _part(run)
    sound = Spoken(samples, RATE, (), spoken.voice)
    write_whole(folder / AUDIO_NAME, lambda file: write_wav(sound, file))

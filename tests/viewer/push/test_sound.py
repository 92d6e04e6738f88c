"""Sound by time: what was heard when, and silence where there was nothing."""

from __future__ import annotations

from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.viewer.push.feeding import Tone
from viewer.push.coded import SOUND_RATE, Coded
from viewer.push.sound import LONGEST_S, SoundTrack


class Click:
    """Silence but for a burst of 50 ms, 1 s after the first picture; gives what it is told to otherwise."""

    def __init__(self, rate: int = 16_000, start_s: float = 100.0) -> None:
        self.rate, self._at_s = rate, start_s + 1.0
        self.asked: list[tuple[float, int]] = []

    def samples(self, from_s: float, count: int) -> NDArray[np.float32]:
        self.asked.append((from_s, count))
        times = from_s + np.arange(count) / self.rate - self._at_s
        return np.where((times >= 0) & (times < 0.05), np.sin(times * 6000), 0).astype(np.float32)


def heard(pieces: list[Coded]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """The time of each sample, in seconds, and the samples."""
    decoder: Any = av.CodecContext.create("aac", "r")
    encoder: Any = av.CodecContext.create("aac", "w")
    encoder.rate, encoder.layout, encoder.format = SOUND_RATE, "mono", "fltp"
    encoder.open()
    decoder.extradata = encoder.extradata
    times, samples = [], []
    for piece in pieces:
        packet: Any = av.Packet(piece.data)
        packet.pts = piece.time
        for frame in decoder.decode(packet):
            times.append(piece.time + np.arange(frame.samples))
            samples.append(frame.to_ndarray()[0])
    return np.concatenate(times) / SOUND_RATE, np.concatenate(samples)


def tracked(sound: Any, until_s: list[float], start_s: float = 100.0) -> list[Coded]:
    track = SoundTrack(sound, start_s)
    return [piece for media_s in until_s for piece in track.until(media_s)] + track.finish()


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 44_100, 48_000, 192_000])
def test_it_is_heard_when_it_was_whatever_its_rate(rate: int) -> None:
    times, samples = heard(tracked(Click(rate), [number / 25 for number in range(60)]))
    loud = times[np.abs(samples) > 0.2]
    assert 0.99 < loud.min() < 1.01
    assert 1.03 < loud.max() < 1.06


def test_it_is_asked_for_what_has_passed_without_a_gap() -> None:
    click = Click()
    tracked(click, [number / 29.97 for number in range(100)])
    ends = [from_s + count / click.rate for from_s, count in click.asked]
    begins = [from_s for from_s, _ in click.asked]
    assert begins[0] == 100.0
    np.testing.assert_allclose(begins[1:], ends[:-1], atol=1e-6)
    assert ends[-1] <= 100.0 + 99 / 29.97 + 1e-6


def test_after_a_long_pause_it_is_in_step_again() -> None:
    click = Click(start_s=103.0)
    pieces = tracked(click, [0.1, 0.2, 3.5, *(3.5 + number / 25 for number in range(1, 40))])
    assert max(count for _, count in click.asked) <= LONGEST_S * click.rate
    times, samples = heard(pieces)
    loud = times[np.abs(samples) > 0.2]
    assert 3.99 < loud.min() < 4.02


class Hostile:
    rate = 48_000

    def __init__(self, given: Any) -> None:
        self._given = given

    def samples(self, _from_s: float, _count: int) -> Any:
        return self._given


@pytest.mark.parametrize(
    "given", [[], [np.nan] * 9000, [np.inf] * 9000, [1e30] * 9000, np.zeros((2, 3)), np.zeros(10**6, np.float64)]
)
def test_whatever_it_gives_becomes_sound_or_silence(given: Any) -> None:
    _, samples = heard(tracked(Hostile(np.asarray(given, np.float64).astype(np.float32)), [0.1, 0.2, 0.3]))
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() < 1.5


def test_a_tone_keeps_its_pitch() -> None:
    _, samples = heard(tracked(Tone(), [number / 25 for number in range(50)]))
    spectrum = np.abs(np.fft.rfft(samples[4800:52800]))
    assert abs(int(spectrum.argmax()) - 440) <= 2

"""Picture against sound in a finished file: when lips part in its decoded pictures and in its decoded sound."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from viewer.benches.mouth_pixels import Mouth, mouth_in, seen_release, sound_in
from viewer.speech.analysing import analyse
from viewer.speech.releases import FURTHEST_S, as_heard, heard_releases
from viewer.speech.spoken import Spoken
from viewer.speech.visemes import VOWELS, visemes_of
from viewer.speech.voices import open_voice

FPS, SIZE = 60, 512
CLEAR = 4.0  # a closure is clearly heard if what follows is so many times as loud: 12 dB
WANTED_MS = 20.0


@dataclass(frozen=True)
class Lag:
    """One closure before a vowel: seconds that the picture is behind the sound, None if it is not seen to open."""

    sound: str
    heard_s: float
    lag_s: float | None


@dataclass(frozen=True)
class Lags:
    """Of one clip: those that are clearly heard, and how many are not."""

    clear: tuple[Lag, ...]
    unclear: int

    def figures(self) -> dict[str, Any]:
        """Percentiles in milliseconds; a closure that is not seen to open is as wrong as can be."""
        wrong = [abs(lag.lag_s) * 1000 if lag.lag_s is not None else np.inf for lag in self.clear]
        lags = [lag.lag_s * 1000 for lag in self.clear if lag.lag_s is not None]
        return {
            "closures": len(wrong), "not_clearly_heard": self.unclear, "not_seen_to_open": len(wrong) - len(lags),
            "within_20_ms": round(float(np.mean(np.array(wrong) <= WANTED_MS)), 4) if wrong else 0.0,
            "median_ms": round(float(np.median(lags)), 1) if lags else None,
            "p95_of_those_seen_ms": round(float(np.percentile(np.abs(lags), 95)), 1) if lags else None,
        }  # fmt: skip


def lags_of(video: Path, spoken: Spoken) -> Lags:
    """Compare a file's pictures with its sound. `spoken` says near which moments there are closures."""
    sound, mouth = sound_in(video), mouth_in(video)
    decoded = replace(spoken, samples=sound.samples, rate=sound.rate)
    found = heard_releases(decoded)
    clear, unclear = [], 0
    for place, phone in enumerate(spoken.phones[:-1]):
        if place not in found or not _is_vowel(spoken.phones[place + 1].ipa):
            continue
        moment, contrast = found[place]
        if contrast < CLEAR or abs(moment - phone.end_s) > FURTHEST_S:
            unclear += 1
        else:
            clear.append(_lag(mouth, phone.ipa, phone.start_s, moment))
    return Lags(tuple(clear), unclear)


def _lag(mouth: Mouth, ipa: str, start_s: float, heard_s: float) -> Lag:
    seen = seen_release(mouth, start_s, heard_s)
    return Lag(ipa, heard_s, None if seen is None else seen - heard_s)


def _is_vowel(ipa: str) -> bool:
    return any(viseme in VOWELS for viseme, _ in visemes_of(ipa)[:1])


def measure_sync(texts: Sequence[str]) -> dict[str, Any]:
    """Speak texts into files as `mien speak` does, and compare. Figures of each, and of all."""
    rows: list[dict[str, Any]] = []
    clear: list[Lag] = []
    unclear = 0
    for text in texts:
        lags = lags_of_text(text)
        rows.append({"text": text} | lags.figures())
        clear += lags.clear
        unclear += lags.unclear
    return Lags(tuple(clear), unclear).figures() | {"fps": FPS, "size": SIZE, "view": "render", "clips": rows}


def lags_of_text(text: str, *, fps: int = FPS, size: int = SIZE) -> Lags:
    """Speak one text into a file and compare."""
    analysis = analyse(text)
    with closing(open_voice("auto", analysis)) as voice:
        spoken = as_heard(voice.speak(analysis))
    with tempfile.TemporaryDirectory(prefix="mien-speech-") as folder:
        video = Path(folder) / "clip.mp4"
        spoken_into(video, text, "--view", "render", "--fps", str(fps), "--size", str(size))
        return lags_of(video, spoken)


def spoken_into(video: Path, text: str, *options: str) -> None:
    """What `mien speak TEXT --out FILE.mp4` does, without a word."""
    from viewer import speak

    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        speak.main([text, "--out", str(video), *options])

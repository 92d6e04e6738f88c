"""`mien bench speech`: do lips close, do they go with the sound, how soon is something heard, how fast is a video made.

Each row says what was wanted and whether it was reached. Closures are measured on the mesh, the step between picture
and sound in the decoded pictures and sound of a finished file.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from viewer.benches import speech_closures, speech_start, speech_sync
from viewer.benches.calibration import load_average
from viewer.benches.speech_sync import WANTED_MS, spoken_into

WANTED_FPS, SIZE = 20.0, 512
WANTED_SHARE = 0.95
# Sentences that are put into files, by their place in the set: of each voice enough for fifty closures before vowels.
_FILMED = (range(0, 14), range(50, 66), range(95, 100))
_QUICK = 6  # sentences
_FILM_TEXT = "Hello, my friend! Maybe we both love big maps."


class Row(NamedTuple):
    """One line of the table."""

    what: str
    measured: str
    wanted: str
    reached: bool


def measure_speech(*, quick: bool) -> dict[str, Any]:
    """Measure all of it; `quick` with a few sentences."""
    texts = speech_closures.sentences()
    chosen = texts[:: len(texts) // _QUICK] if quick else texts
    filmed = [" ".join(texts[i] for i in places[: 3 if quick else None]) for places in _FILMED]
    figures: dict[str, Any] = {"quick": quick, "load_average": load_average()}
    figures["closures"] = speech_closures.measure_closures(chosen)
    figures["sync"] = speech_sync.measure_sync(filmed)
    figures["start"] = speech_start.measure_start()
    figures["video"] = _video()
    figures["rows"] = [row._asdict() for row in rows_of(figures)]
    return figures


def _video() -> dict[str, Any]:
    """Frames a second of `mien speak` with its defaults."""
    with tempfile.TemporaryDirectory(prefix="mien-speech-") as folder:
        told = Path(folder) / "figures.json"
        spoken_into(Path(folder) / "clip.mp4", _FILM_TEXT, "--size", str(SIZE), "--json", str(told))
        made = json.loads(told.read_text(encoding="utf-8"))
    return {name: made[name] for name in ("frames", "seconds", "fps", "core_ms_per_frame")}


def rows_of(figures: dict[str, Any]) -> list[Row]:
    """What was wanted, and what came out."""
    closed, sync, video = figures["closures"]["all"], figures["sync"], figures["video"]
    warm = {name: row for name, row in figures["start"].items() if name.endswith("warmed up")}
    cold = {name: row for name, row in figures["start"].items() if name not in warm}
    slowest, slowest_cold = (max(row["first_ms"] for row in rows.values()) for rows in (warm, cold))
    wanted_ms = 1000 * speech_start.WANTED_S
    return [
        Row(f"lips closed at {closed['closures']} p, b, m (gap under 0.5 mm)", f"{closed['closed']:.1%}",
            f"{speech_closures.WANTED:.0%}", closed["closed"] >= speech_closures.WANTED),
        Row(f"picture within {WANTED_MS:.0f} ms of the sound, {sync['closures']} closures in files",
            f"{sync['within_20_ms']:.1%}", f"{WANTED_SHARE:.0%}", sync["within_20_ms"] >= WANTED_SHARE),
        Row("first sound of a short sentence, warmed up", f"{slowest:.0f} ms", f"{wanted_ms:.0f} ms",
            slowest <= wanted_ms),
        Row("the same in a new process", f"{slowest_cold:.0f} ms", f"{wanted_ms:.0f} ms", slowest_cold <= wanted_ms),
        Row(f"frames a second of a video at {SIZE}x{SIZE}", f"{video['fps']:.1f}", f"{WANTED_FPS:.0f}",
            video["fps"] >= WANTED_FPS),
    ]  # fmt: skip


def print_table(figures: dict[str, Any]) -> None:
    """What was wanted, line by line; then where it falls short."""
    for row in figures["rows"]:
        verdict = "reached" if row["reached"] else "NOT reached"
        print(f"{row['what']:<66} {row['measured']:>8}   wanted {row['wanted']:>6}   {verdict}")
    for name, row in figures["closures"].items():
        print(f"  lips, {name:<14} {row['closures']:>6}  closed {row['closed']:.1%}, widest {row['widest_mm']:.2f} mm")
    sync = figures["sync"]
    print(f"  closures not clearly heard, not counted: {sync['not_clearly_heard']}; "
          f"not seen to open, counted as wrong: {sync['not_seen_to_open']}; "
          f"the others: median {sync['median_ms']} ms, p95 {sync['p95_of_those_seen_ms']} ms")  # fmt: skip
    for name, row in figures["start"].items():
        print(f"  first sound, {name:<20} {row['first_ms']:.0f} ms, {row['first_core_ms']:.0f} of a core")
    video = figures["video"]
    print(f"  video: {video['core_ms_per_frame']:.1f} core-ms a frame; load of the machine {figures['load_average']}")

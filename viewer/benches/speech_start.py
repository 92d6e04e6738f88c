"""How long the first sound takes: `python -m viewer.benches.speech_start '{"text": ..., "warm": true}'`.

A process of its own, for what was read once is not read again.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from viewer.benches.child import ask

WANTED_S = 0.5
TEXTS = {"English": "Hello, my friend!", "Mandarin": "你好，朋友！"}
_RUNS = 7


def measure_start() -> dict[str, Any]:
    """Of a short sentence in each language: in a new process, and after `KeptVoices.warm_up`."""
    rows = {}
    for language, text in TEXTS.items():
        for warm in (False, True):
            what = json.dumps({"text": text, "warm": warm})
            rows[f"{language}, {'warmed up' if warm else 'cold'}"] = ask(
                Path(sys.executable), "viewer.benches.speech_start", what
            )
    return rows


def first_sound(text: str, *, warm: bool) -> dict[str, Any]:
    """Milliseconds from the text to the samples of its first clause: on the clock, and of processor time."""
    began, core = time.perf_counter(), time.process_time()
    from viewer.speech.analysing import analyse
    from viewer.speech.warming import KeptVoices

    voices = KeptVoices()
    told: dict[str, Any] = {}
    if warm:
        voices.warm_up()
        told["warming_ms"] = round((time.perf_counter() - began) * 1000)
        told["warming_core_ms"] = round((time.process_time() - core) * 1000)
    times = []
    for _ in range(_RUNS if warm else 1):
        if warm:
            began, core = time.perf_counter(), time.process_time()
        analysis = analyse(text)
        next(iter(voices.of("auto", analysis).speak_clauses(analysis)))
        times.append((1000 * (time.perf_counter() - began), 1000 * (time.process_time() - core)))
    voices.close()
    (first, first_core), median = times[0], float(np.median(times, axis=0)[0])
    return told | {"first_ms": round(first, 1), "first_core_ms": round(first_core, 1), "median_ms": round(median, 1)}


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    sys.stdout.write(json.dumps(first_sound(asked["text"], warm=asked["warm"])))

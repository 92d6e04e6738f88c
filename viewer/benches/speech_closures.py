"""Whether lips are closed at p, b and m, measured on the mesh: a hundred sentences, three tempos, with feelings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from gpu_core.assets import resource, shipped_faces
from gpu_core.gltf.face import load_face
from viewer.speech.analysing import analyse, with_emotions
from viewer.speech.analysis import EMOTIONS, Analysis, Prosody
from viewer.speech.lip_gap import LipGap
from viewer.speech.releases import LABIALS, as_heard
from viewer.speech.speech_performance import SpeechPerformance, speech_performance
from viewer.speech.voices import AUTO
from viewer.speech.warming import KeptVoices

TOUCHING_MM, WANTED = 0.5, 0.98
RATES = (0.8, 1.0, 1.5)
_STEP_S = 0.005
_FRAME_S = 1 / 30  # of a usual video


class Closure(NamedTuple):
    """One p, b or m: the least gap within it, and in those pictures of 30 fps that fall into it, in millimetres."""

    gap_mm: float
    shown_mm: float  # NaN: no picture falls into it


def sentences() -> tuple[str, ...]:
    """The hundred sentences that come with Mien."""
    told = json.loads(resource("speech", "sentences.json").read_text(encoding="utf-8"))
    return tuple(told["sentences"])


def measure_closures(texts: Sequence[str]) -> dict[str, Any]:
    """Speak every text at every rate, without a feeling and at the fullest of one of the six."""
    gaps = {name: LipGap(load_face(path)) for name, path in sorted(shipped_faces().items())}
    rows: dict[str, list[Closure]] = {}
    with closing(KeptVoices()) as voices:
        for number, text in enumerate(texts):
            for kind, analysis in _variants(text, number):
                spoken = voices.of(AUTO, analysis).speak(analysis)
                performance = speech_performance(analysis, spoken)
                for face, gap in gaps.items():
                    found = closures_of(performance, gap)
                    for name in ("all", face, kind, _language(analysis)):
                        rows.setdefault(name, []).extend(found)
    return {name: _figures(found) for name, found in rows.items()}


def closures_of(performance: SpeechPerformance, gap: LipGap) -> list[Closure]:
    """Every p, b and m of a performance, when it is heard."""
    phones = [phone for phone in as_heard(performance.spoken).phones if phone.ipa in LABIALS]
    return [_closure(performance, gap, phone.start_s, phone.end_s) for phone in phones]


def _closure(performance: SpeechPerformance, gap: LipGap, start_s: float, end_s: float) -> Closure:
    within = min(gap(performance.at(t)) for t in np.arange(start_s, end_s, _STEP_S))
    frames = np.arange(np.ceil(start_s / _FRAME_S), np.ceil(end_s / _FRAME_S)) * _FRAME_S
    return Closure(within, min((gap(performance.at(t)) for t in frames), default=float("nan")))


def _variants(text: str, number: int) -> Iterator[tuple[str, Analysis]]:
    plain = analyse(text)
    for rate in RATES:
        clauses = tuple(replace(clause, prosody=_faster(clause.prosody, rate)) for clause in plain.clauses)
        analysis = replace(plain, clauses=clauses)
        yield f"rate {rate:g}", analysis
        emotion = EMOTIONS[number % len(EMOTIONS)]
        yield f"{emotion} 1.0", with_emotions(analysis, {emotion: 1.0})


def _faster(prosody: Prosody, rate: float) -> Prosody:
    return replace(prosody, rate=prosody.rate * rate)


def _language(analysis: Analysis) -> str:
    return "mixed" if len({span.language for span in analysis.languages}) > 1 else analysis.languages[0].language


def _figures(found: Sequence[Closure]) -> dict[str, Any]:
    gaps = np.array([closure.gap_mm for closure in found])
    shown = np.array([closure.shown_mm for closure in found])
    shown = shown[~np.isnan(shown)]
    return {
        "closures": len(gaps), "closed": round(float((gaps < TOUCHING_MM).mean()), 4),
        "p95_gap_mm": round(float(np.percentile(gaps, 95)), 2), "widest_mm": round(float(gaps.max()), 2),
        "closed_in_pictures_of_30_fps": round(float((shown < TOUCHING_MM).mean()), 4), "pictures": len(shown),
    }  # fmt: skip

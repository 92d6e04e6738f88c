"""viewer.speech.speech_performance, feeling, gestures: a whole face that speaks."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from gpu_core.assets import shipped_faces
from gpu_core.gltf.face import load_face
from viewer.speech.analysis import Analysis, Clause, Mark, Word
from viewer.speech.contacts import closed_spans
from viewer.speech.feeling import felt, shapes_of
from viewer.speech.gestures import NOD_DEG, gestures
from viewer.speech.lip_gap import LipGap
from viewer.speech.speech_performance import speech_performance
from viewer.speech.spoken import Phone, Spoken
from viewer.speech.visemes import segments

RATE = 8000
# "a big map? pa" with a pause: words 0 to 3.
TEXT = "a big map? pa"
PHONES = (
    Phone("", 0.0, 0.3), Phone("ə", 0.3, 0.4, 0), Phone("b", 0.4, 0.5, 1), Phone("ɪ", 0.5, 0.6, 1, 2),
    Phone("ɡ", 0.6, 0.7, 1), Phone("m", 0.7, 0.8, 2), Phone("æ", 0.8, 1.0, 2, 2), Phone("p", 1.0, 1.1, 2),
    Phone("", 1.1, 1.8), Phone("p", 1.8, 1.9, 3), Phone("ɑ", 1.9, 2.2, 3, 2), Phone("", 2.2, 2.6),
)  # fmt: skip
SPOKEN = Spoken(np.zeros(round(2.6 * RATE), np.float32), RATE, PHONES, "nobody")
ANALYSIS = Analysis(
    TEXT,
    words=(Word(0, 1, "en"), Word(2, 5, "en"), Word(6, 9, "en"), Word(11, 13, "en")),
    clauses=(Clause(0, 10, (0, 3), 0, "?"), Clause(10, 13, (3, 4), 1)),
    stress=(Mark(2, 5, 0.35), Mark(6, 9, 1.0)),
)
JOYFUL = replace(ANALYSIS, emotions={"joy": (Mark(0, 13, 1.0),)})
ANGRY = replace(ANALYSIS, emotions={"anger": (Mark(0, 13, 1.0),), "surprise": (Mark(0, 13, 1.0),)})
TIMES = np.arange(0.0, 2.6, 0.01)


@pytest.mark.parametrize("analysis", [ANALYSIS, JOYFUL, ANGRY])
@pytest.mark.parametrize("name", sorted(shipped_faces()))
def test_lips_close_whatever_is_felt(analysis: Analysis, name: str) -> None:
    gap = LipGap(load_face(shipped_faces()[name]))
    performance = speech_performance(analysis, SPOKEN)
    for start, end in closed_spans(segments(PHONES)):
        assert max(gap(performance.at(t)) for t in np.arange(start, end, 0.005)) < 0.5


def test_faces_are_within_the_limits_and_end_at_rest() -> None:
    performance = speech_performance(ANGRY, SPOKEN, seed=3)
    faces = [performance.at(t / 50) for t in range(round(performance.duration_s * 50) + 5)]
    assert all(face == face.clamped()[0] for face in faces)
    assert speech_performance(ANALYSIS, SPOKEN).at(2.6)["jawOpen"] < 0.03
    assert performance.duration_s == 2.6


def test_the_mouth_moves_smoothly() -> None:
    performance = speech_performance(JOYFUL, SPOKEN, with_life=False)
    jaws = [performance.at(t / 100)["jawOpen"] for t in range(260)]
    assert max(abs(b - a) for a, b in pairwise(jaws)) < 0.08


def test_feelings_come_before_the_words_and_stay() -> None:
    late = replace(ANALYSIS, emotions={"joy": (Mark(11, 13, 0.8),)})
    strength = felt(late, SPOKEN, TIMES)["joy"]
    assert strength[0] == 0.0
    assert strength[int(1.75 * 100)] > 0.7
    assert strength[int(2.0 * 100)] == pytest.approx(0.8)


def test_half_a_feeling_is_the_gentle_preset() -> None:
    half = shapes_of({"joy": np.array([0.5]), "sadness": np.array([0.0])}, np.zeros(1))
    full = shapes_of({"joy": np.array([1.0])}, np.zeros(1))
    assert half["mouthSmileLeft"][0] == pytest.approx(0.45)
    assert full["mouthSmileLeft"][0] == pytest.approx(0.85)


def test_smiles_are_held_back_while_words_are_made() -> None:
    performance = speech_performance(JOYFUL, SPOKEN, with_life=False)
    assert performance.at(0.9)["mouthSmileLeft"] < 0.7 * performance.at(1.45)["mouthSmileLeft"]
    assert performance.at(0.9)["cheekSquintLeft"] == pytest.approx(performance.at(1.45)["cheekSquintLeft"], rel=0.05)


def test_a_smile_stays_while_lips_are_closed() -> None:
    performance = speech_performance(JOYFUL, SPOKEN, with_life=False)
    closed, open_ = performance.at(0.75), performance.at(0.9)
    assert closed["mouthSmileLeft"] > 0.7 * open_["mouthSmileLeft"] > 0.2
    assert closed["mouthUpperUpLeft"] < 0.02


def test_nods_and_brows_are_on_the_stressed_vowel() -> None:
    moved = gestures(ANALYSIS, SPOKEN, TIMES)
    assert TIMES[int(np.argmax(moved.head["pitch"]))] == pytest.approx(0.9, abs=0.02)
    assert moved.head["pitch"].max() == pytest.approx(NOD_DEG, rel=0.01)
    assert TIMES[int(np.argmax(moved.shapes["browInnerUp"]))] == pytest.approx(0.9, abs=0.02)
    assert moved.shapes["browInnerUp"][55] < 0.2 * moved.shapes["browInnerUp"].max()


def test_a_question_tilts_the_head_and_some_pauses_have_a_blink() -> None:
    assert np.abs(gestures(ANALYSIS, SPOKEN, TIMES).head["roll"]).max() > 1.0
    blinked = [gestures(ANALYSIS, SPOKEN, TIMES, seed).shapes["eyeBlinkLeft"][110:140].max() for seed in range(20)]
    assert 5 < sum(blink == 1.0 for blink in blinked) < 20


def test_the_same_seed_is_the_same_face_and_another_is_not() -> None:
    one, same, other = (speech_performance(ANALYSIS, SPOKEN, seed=seed) for seed in (1, 1, 2))
    moments = [t / 10 for t in range(26)]
    assert [one.at(t) for t in moments] == [same.at(t) for t in moments]
    assert [one.at(t) for t in moments] != [other.at(t) for t in moments]


def test_silence_alone_is_a_living_face() -> None:
    silent = Spoken(np.zeros(RATE * 20, np.float32), RATE, (Phone("", 0.0, 20.0),), "nobody")
    performance = speech_performance(Analysis(" "), silent)
    assert max(performance.at(t / 50)["eyeBlinkLeft"] for t in range(1000)) == 1.0
    assert max(performance.at(t / 50)["jawOpen"] for t in range(400)) == 0.0

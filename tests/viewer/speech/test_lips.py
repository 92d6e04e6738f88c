"""viewer.speech.coarticulation, contacts, lip_gap: the mouth goes between sounds, and lips meet whatever the tempo."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_core.assets import shipped_faces
from gpu_core.expression import NEUTRAL, Expression
from gpu_core.gltf.face import load_face
from viewer.speech.coarticulation import articulated
from viewer.speech.contacts import closed_spans, contact, with_contacts
from viewer.speech.lip_gap import LipGap
from viewer.speech.visemes import VOWELS, Segment, mouth_of, mouth_shapes

TOUCHING_MM = 0.5
SOUNDS = ("PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", *sorted(VOWELS))


@pytest.fixture(scope="module", params=sorted(shipped_faces()))
def gap(request: pytest.FixtureRequest) -> LipGap:
    return LipGap(load_face(shipped_faces()[request.param]))


def line(*sounds: tuple[str, float]) -> list[Segment]:
    """Segments one after the other: viseme, seconds."""
    made, at = [], 0.2
    for viseme, seconds in sounds:
        made.append(Segment(viseme, at, at + seconds))
        at += seconds
    return [Segment("sil", 0.0, 0.2), *made, Segment("sil", at, at + 0.3)]


def mouth(segments: list[Segment], *, contacts: bool = True) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    times = np.arange(0.0, segments[-1].end_s, 0.01)
    shapes = dict(zip(mouth_shapes(), articulated(segments, times).T, strict=True))
    return times, with_contacts(shapes, segments, times) if contacts else shapes


def face(shapes: dict[str, np.ndarray], row: int) -> Expression:
    return NEUTRAL.with_weights({name: float(values[row]) for name, values in shapes.items()})


def test_the_gap_is_that_of_the_mesh(gap: LipGap) -> None:
    assert gap(NEUTRAL) == 0.0
    opened = [gap(NEUTRAL.with_weights({"jawOpen": weight})) for weight in (0.2, 0.4, 0.8)]
    assert 4.0 < opened[0] < opened[1] < opened[2]
    assert gap(NEUTRAL.with_weights({"jawOpen": 0.5, "mouthClose": 0.5})) < TOUCHING_MM


def test_a_long_vowel_reaches_its_own_mouth() -> None:
    times, shapes = mouth(line(("aa", 0.6)))
    middle = int(np.argmin(np.abs(times - 0.5)))
    assert shapes["jawOpen"][middle] == pytest.approx(0.85 * mouth_of("aa")["jawOpen"], rel=0.1)


def test_fast_speech_opens_less_and_does_not_flap() -> None:
    def swing(seconds: float) -> float:
        _, shapes = mouth(line(*[("aa", seconds), ("DD", seconds)] * 6))
        inside = shapes["jawOpen"][30:-40]
        return float(inside.max() - inside.min())

    assert swing(0.05) < 0.5 * swing(0.2)


def test_rounding_comes_before_the_sound() -> None:
    _, shapes = mouth(line(("SS", 0.12), ("ou", 0.2)))
    onset = 0.32
    before = shapes["mouthPucker"][int((onset - 0.06) * 100)]
    assert before > 0.25 * shapes["mouthPucker"].max()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(SOUNDS), st.floats(0.03, 0.25)), min_size=1, max_size=10), st.data())
def test_lips_touch_in_every_closure_of_any_sequence(sounds: list[tuple[str, float]], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(sounds)))
    segments = line(*sounds[:place], ("PP", data.draw(st.floats(0.03, 0.15))), *sounds[place:])
    times, shapes = mouth(segments)
    measure = _GAPS[data.draw(st.sampled_from(sorted(_GAPS)))]
    for start, end in closed_spans(segments):
        rows = np.flatnonzero((times >= start) & (times <= end))
        assert len(rows) >= 4  # a frame of 25 fps falls into it
        assert max(measure(face(shapes, row)) for row in rows) < TOUCHING_MM
    assert all(values.min() >= 0.0 and values.max() <= 1.0 + 1e-9 for values in shapes.values())


_GAPS = {name: LipGap(load_face(path)) for name, path in shipped_faces().items()}


def test_without_contacts_they_would_not(gap: LipGap) -> None:
    segments = line(("aa", 0.1), ("PP", 0.05), ("aa", 0.1))
    times, shapes = mouth(segments, contacts=False)
    ((start, end),) = closed_spans(segments)
    rows = np.flatnonzero((times >= start) & (times <= end))
    assert min(gap(face(shapes, row)) for row in rows) > TOUCHING_MM


def test_the_lower_lip_goes_under_the_teeth_for_f() -> None:
    segments = line(("aa", 0.15), ("FF", 0.1), ("aa", 0.15))
    times, shapes = mouth(segments)
    middle = round(0.4 * 100)
    assert shapes["mouthRollLower"][middle] == pytest.approx(mouth_of("FF")["mouthRollLower"])
    assert shapes["jawOpen"][middle] < 0.15
    assert contact(segments, "FF", times)[middle] == 1.0


def test_the_tip_of_the_tongue_is_between_the_teeth_for_th_and_away_before_and_after() -> None:
    _, shapes = mouth(line(("E", 0.12), ("TH", 0.08), ("E", 0.12)))
    tip = shapes["tongueOut"]
    assert tip[36] > 0.6 * mouth_of("TH")["tongueOut"]
    assert max(tip[24], tip[48]) < 0.25 * tip[36]


def test_two_closures_next_to_each_other_are_one() -> None:
    assert len(closed_spans(line(("PP", 0.08), ("PP", 0.08), ("aa", 0.1), ("PP", 0.08)))) == 2

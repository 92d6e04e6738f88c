"""viewer.benches.speech and its parts: pictures and sound of a real file, closures, and the table."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from dataclasses import replace

import numpy as np
import pytest

from gpu_core.assets import shipped_faces
from gpu_core.gltf.face import load_face
from tests.viewer.speech.texts import plain
from viewer.benches import speech, speech_closures, speech_sync
from viewer.benches.mouth_pixels import Mouth, seen_release
from viewer.speech.analysing import analyse
from viewer.speech.lip_gap import LipGap
from viewer.speech.speech_performance import speech_performance
from viewer.speech.spoken import Phone, Spoken
from viewer.speech.voices import installed_voices

TIMES = np.arange(0.0, 1.0, 0.02)


def mouth(*corners: tuple[float, float]) -> Mouth:
    """Heights that go straight between (moment, height)."""
    return Mouth(TIMES, np.interp(TIMES, *zip(*corners, strict=True)))


def test_the_moment_that_a_mouth_opens_is_found_between_pictures() -> None:
    opening = mouth((0.0, 0.02), (0.3, 0.02), (0.4, 0.0), (0.513, 0.0), (0.553, 0.02), (1.0, 0.02))
    assert seen_release(opening, 0.42, 0.5) == pytest.approx(0.523, abs=0.006)
    assert seen_release(mouth((0.0, 0.001), (1.0, 0.002)), 0.42, 0.5) is None
    assert seen_release(opening, 1.5, 1.6) is None


def test_a_closure_that_is_not_seen_to_open_is_wrong() -> None:
    lags = speech_sync.Lags((speech_sync.Lag("p", 0.5, 0.01), speech_sync.Lag("b", 0.9, None)), unclear=3)
    told = lags.figures()
    assert (told["closures"], told["not_seen_to_open"], told["not_clearly_heard"]) == (2, 1, 3)
    assert told["within_20_ms"] == 0.5
    assert told["median_ms"] == pytest.approx(10.0)
    json.dumps(speech_sync.Lags((), 0).figures(), allow_nan=False)


@pytest.mark.gl
@pytest.mark.skipif("espeak" not in installed_voices(), reason="the voice espeak is not installed")
def test_lips_part_in_the_picture_when_the_burst_is_heard() -> None:
    lags = speech_sync.lags_of_text("爸爸，妈妈。", fps=50)
    assert len(lags.clear) + lags.unclear == 4
    assert len(lags.clear) >= 2
    assert all(lag.lag_s is not None and abs(lag.lag_s) < 0.03 for lag in lags.clear)


def test_the_set_is_a_hundred_sentences_full_of_lips() -> None:
    texts = speech_closures.sentences()
    assert len(set(texts)) == 100
    assert sum(text.isascii() for text in texts) == 50


def test_closures_are_measured_when_they_are_heard() -> None:
    gap = LipGap(load_face(shipped_faces()["face"]))
    phones = (Phone("", 0.0, 0.3), Phone("b", 0.3, 0.4, 0), Phone("ɑ", 0.4, 0.7, 0), Phone("", 0.7, 1.0))
    spoken = Spoken(np.zeros(8000, np.float32), 8000, phones, "nobody")
    performance = speech_performance(plain("ba"), spoken, with_life=False)
    (closure,) = speech_closures.closures_of(performance, gap)
    assert closure.gap_mm < speech_closures.TOUCHING_MM
    assert closure.shown_mm < speech_closures.TOUCHING_MM
    gaping = np.tile(performance.rows[55], (len(performance.rows), 1))
    (closure,) = speech_closures.closures_of(replace(performance, rows=gaping), gap)
    assert closure.gap_mm > speech_closures.TOUCHING_MM


def test_a_set_has_every_tempo_and_a_feeling() -> None:
    if "espeak" not in installed_voices():
        pytest.skip("the voice espeak is not installed")
    analyse("宝")
    told = speech_closures.measure_closures(["爸爸抱 Bob。"])
    assert {"all", "face", "man", "rate 0.8", "rate 1", "rate 1.5", "joy 1.0", "mixed"} == set(told)
    assert told["all"]["closed"] == 1.0


def test_the_table_says_what_is_not_reached() -> None:
    closed = {"closures": 9, "closed": 0.97, "widest_mm": 0.8}
    sync = {"closures": 5, "within_20_ms": 0.96, "not_clearly_heard": 1, "not_seen_to_open": 0, "median_ms": 1.0,
            "p95_of_those_seen_ms": 9.0}  # fmt: skip
    start = {"English, cold": {"first_ms": 900.0, "first_core_ms": 700.0},
             "English, warmed up": {"first_ms": 20.0, "first_core_ms": 9.0}}  # fmt: skip
    figures = {"closures": {"all": closed}, "sync": sync, "start": start, "load_average": 1.0,
               "video": {"fps": 25.0, "core_ms_per_frame": 50.0}}  # fmt: skip
    rows = speech.rows_of(figures)
    assert [row.reached for row in rows] == [False, True, True, False, True]
    printed = io.StringIO()
    with redirect_stdout(printed):
        speech.print_table(figures | {"rows": [row._asdict() for row in rows]})
    assert printed.getvalue().count("NOT reached") == 2
    assert "not clearly heard, not counted: 1" in printed.getvalue()

"""viewer.speech.analysis_json: everything that was found, as JSON."""

from __future__ import annotations

import json

import numpy as np

from viewer.speech.analysing import analyse
from viewer.speech.analysis_json import to_dict
from viewer.speech.spoken import Phone, Spoken


def test_spans_words_lanes_and_phonemes_are_there() -> None:
    analysis = analyse('I am very happy! <mark name="here"/>你好')
    spoken = Spoken(np.zeros(100, np.float32), 100, (Phone("aɪ", 0.0, 0.5, 0, 2), Phone("", 0.5, 1.0)), "nobody")
    told = json.loads(json.dumps(to_dict(analysis, spoken), allow_nan=False))
    assert [(span["text"], span["language"]) for span in told["spans"]] == [("I am very happy! ", "en"), ("你好", "zh")]
    assert told["words"][0] == {"start": 0, "end": 1, "text": "I", "language": "en", "start_s": 0.0, "end_s": 0.5}
    assert told["words"][-1]["reading"] == "ni3 hao3"
    (joy,) = told["emotions"]["joy"]
    assert {why["why"] for why in joy["evidence"]} >= {"lexicon: happy", "booster: very"}
    assert told["excitement"][0]["value"] > 0
    assert any(mark["text"] == "happy" for mark in told["stress"])
    assert told["phonemes"][0] == {"ipa": "aɪ", "start_s": 0.0, "end_s": 0.5, "word": 0, "stress": 2}
    assert told["marks"] == [{"name": "here", "at": 17}]
    assert "phonemes" not in to_dict(analysis)

"""viewer.clips.offline_figures: milliseconds of one frame, whatever the batch; and the line at the end."""

from __future__ import annotations

import json

import pytest

from gpu_core.settings import StageTime
from gpu_core.timing import Percentiles
from viewer.clips.offline_figures import Figures, Tally


def of(value: float) -> Percentiles:
    return Percentiles(9, value, value, value, value)


def test_a_batch_is_shared_by_its_faces_and_parts_are_added() -> None:
    tally = Tally()
    for _ in range(3):
        tally.add([StageTime("infer", 0, 40.0), StageTime("encode", 0, 4.0), StageTime("encode", 9, 4.0)], faces=4)
    figures = tally.figures(frames=12, waited_s=0.5, encoder_s=0.024)
    assert {name: found.p50 for name, found in figures.stages_ms.items()} == {"infer": 10.0, "encode": 2.0}
    assert (figures.frames, figures.waited_s) == (12, 0.5)
    assert figures.seconds > 0
    assert figures.core_ms >= figures.engine_core_ms >= 0
    assert figures.encoder_core_ms == 2.0


def test_the_line_names_the_longest_stages() -> None:
    stages = {name: of(ms) for name, ms in (("pose", 1), ("infer", 20), ("read", 0.2), ("encode", 3), ("render", 8))}
    figures = Figures(300, 10.0, 41.25, 9.0, 3.0, 0.0, stages)
    assert figures.line() == (
        "300 frames in 10.0 s: 30.0 a second; core-ms a frame: 41.2 (engine 9.0, encoder 3.0); "
        "median ms, side by side: infer 20.0, render 8.0, encode 3.0, pose 1.0"
    )


def test_a_clip_too_short_for_medians_has_none() -> None:
    line = Figures(2, 1.0, 41.25, 9.0, 3.0, 0.0, {}).line()
    assert line == "2 frames in 1.0 s: 2.0 a second; core-ms a frame: 41.2 (engine 9.0, encoder 3.0)"


@pytest.mark.parametrize("seconds", [0.0, 2.0])
def test_json_holds_the_same(seconds: float) -> None:
    figures = Figures(4, seconds, 1.0, 0.5, 0.2, 0.0, {"infer": of(2.0)})
    table = json.loads(json.dumps(figures.to_dict(), allow_nan=False))
    assert (table["frames"], table["fps"]) == (4, 4 / seconds if seconds else 0.0)
    assert table["stages_ms"]["infer"]["p50"] == 2.0

"""viewer.figures.latency_text: figures with their units, and a report that is Markdown."""

from __future__ import annotations

import math

from gpu_core.frame_statistics import FrameStatistics
from gpu_core.settings import Traffic
from gpu_core.timing import Percentiles
from tests.frame_records import record
from viewer.figures.latency_text import NONE, Report, bus_tip, figures, frame_line, frame_tip, size, verdict_tip

FOUND = FrameStatistics(
    frames=120, fps=28.24, latency=None, one_percent_low_fps=19.4, jitter_ms=4.25, missed=3, target_fps=30.0,
    dropped=5, dropped_why={"newer request": 4, "newer picture": 1}, queue_depth=1.9,
)  # fmt: skip
NOTHING = FrameStatistics(
    frames=0, fps=0.0, latency=None, one_percent_low_fps=None, jitter_ms=None, missed=0, target_fps=0.0, dropped=0
)


def test_figures_have_units_and_say_what_they_mean() -> None:
    made = figures(FOUND, depth=2, age_ms=41.6, traffic=Traffic(1024, 4 * 1024 * 1024))
    assert {figure.name: figure.text for figure in made} == {
        "fps": "28.2", "1 % low": "19.4 fps", "frame age": "42 ms", "jitter": "4.2 ms", "in flight": "1.9 of 2",
        "missed": "3 of 120", "dropped": "5", "bus": "4.0 MiB",
    }  # fmt: skip
    assert all(figure.tip.endswith((".", "keeps the latency low.", "as well")) for figure in made)
    tips = {figure.name: figure.tip for figure in made}
    assert "newer request: 4; newer picture: 1" in tips["dropped"]
    assert "30 frames a second" in tips["missed"]


def test_what_is_not_known_is_a_dash() -> None:
    made = {figure.name: figure for figure in figures(NOTHING, depth=2, age_ms=math.nan, traffic=None)}
    assert {made[name].text for name in ("1 % low", "frame age", "jitter", "missed", "bus")} == {NONE}
    assert made["dropped"].level == ""


def test_a_frame_in_a_line() -> None:
    assert frame_line(record(7, in_flight=2)) == "Frame 7 · 30.0 ms old when shown · host · steady · 2 in flight"
    odd = record(8, steady=False, dropped=2, requested_ns=0)
    assert "age not known" in frame_line(odd)
    assert "unsteady" in frame_line(odd)
    assert "2 dropped before it" in frame_line(odd)
    assert "loaded or compiled" in frame_tip(odd)
    assert "loaded or compiled" not in frame_tip(record(7))


def test_the_verdict_says_what_it_rests_on() -> None:
    assert verdict_tip("Not enough frames yet", {}) == "Not enough frames yet"
    tip = verdict_tip("CPU-bound", {"cpu:infer_ms": 21.3, "gpu busy": 0.5})
    assert "<td>cpu:infer, ms&nbsp;</td><td align='right'>21.30</td>" in tip


def test_bytes_as_people_read_them() -> None:
    assert [size(count) for count in (12, 2048, 3 * 1024 * 1024)] == ["12 B", "2 KiB", "3.0 MiB"]
    assert "REC" not in bus_tip(Traffic(1, 2))
    assert "<b>REC</b> 3 B" in bus_tip(Traffic(1, 2, 3))


def test_the_report_is_markdown() -> None:
    report = Report(
        "CPU-bound in infer | really", {"infer": Percentiles(120, 21.31, 25.0, 30.0, 31.0)}, frozenset(),
        figures(FOUND, depth=2, age_ms=41.6, traffic=None), 2,
        {"processor": "a CPU"}, {"path": "host"}, {"depth": 2},
    )  # fmt: skip
    text = report.markdown()
    assert "**CPU-bound in infer \\| really**" in text
    assert "| infer | 21.31 | 25.00 | 30.00 | 31.00 | CPU | 120 |" in text
    assert "| 1 % low | 19.4 fps |" in text
    assert "Machine: processor a CPU" in text
    assert "unsteady frames: 2 (" in text
    tables = [block for block in text.split("\n\n") if block.startswith("|")]
    for table in tables:
        assert len({line.count("|") - line.count("\\|") for line in table.splitlines()}) == 1, table


def test_a_report_of_nothing_is_short() -> None:
    text = Report("Not enough frames yet", {}, frozenset(), (), 0, {}, {}, {}).markdown()
    assert "|" not in text

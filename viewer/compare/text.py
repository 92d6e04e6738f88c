"""What a comparison measured, in words: figures with their tooltips, the scale of the map, and what is missing."""

from __future__ import annotations

import time

from gpu_core.flip import BACKDROP, PIXELS_PER_DEGREE
from viewer.compare.comparison import Comparison, Metric
from viewer.compare.pair_measuring import PairFigures
from viewer.figures.figures_grid import Figure

TIPS = {
    "PSNR": "Peak signal-to-noise ratio of B against A, in decibels: premultiplied colours over black, of every pixel "
    "that either covers. Above 45 dB nobody sees a difference",
    "FLIP": "The difference that somebody sees who flips between the two, 0 to 1: mean over the whole picture, on grey "
    f"{BACKDROP} of 255, at {PIXELS_PER_DEGREE:g} pixels a degree (Andersson and others, 2020). 0.01 is hardly seen",
    "largest": "The largest difference of any colour of any pixel, in 8-bit steps of 255",
    "mean": "Mean difference over the colours of every pixel that either covers, in 8-bit steps of 255",
    "age": "How long ago the pair was measured that these figures are of. Measured four times a second at most",
}
NONE_YET = "–"


def figures_of(measured: PairFigures | None, *, is_current: bool) -> tuple[Figure, ...]:
    """The figures of a pair. `is_current`: it is the one on the screen."""
    if measured is None:
        return tuple(Figure(name, NONE_YET, tip, "none") for name, tip in TIPS.items())
    same = measured.are_identical
    return (
        Figure("PSNR", "identical" if same else f"{measured.psnr_db:.1f} dB", TIPS["PSNR"]),
        Figure("FLIP", "identical" if same else f"{measured.flip:.4f}", TIPS["FLIP"]),
        Figure("largest", f"{measured.largest} of 255", TIPS["largest"]),
        Figure("mean", f"{measured.mean:.2f} of 255", TIPS["mean"]),
        Figure("age", "this picture" if is_current else f"{age_s(measured):.1f} s", TIPS["age"]),
    )


def age_s(measured: PairFigures) -> float:
    """Seconds since a pair was measured."""
    return (time.perf_counter_ns() - measured.measured_ns) / 1e9


def scale_text(wanted: Comparison) -> str:
    """The error that the map shows brightest."""
    if wanted.metric is Metric.FLIP:
        return f"FLIP {1 / wanted.amplification:.3g}"
    return f"{round(255 / wanted.amplification)} of 255"

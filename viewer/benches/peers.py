"""`mien bench peers`: others who do the same work on the same input, side by side in one run, results compared.

All of them take turns in each round, so that a machine that slows down slows down all of them. A peer that is not here
is a row that says why.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from gpu_core.neural.model import GeneratorModel
from viewer.benches.calibration import Calibration, Mood, moods_figures
from viewer.benches.engines import warn_if_busy
from viewer.benches.peer_conversions import Conversions
from viewer.benches.peer_drawing import opened_drawings, said_of_opengl
from viewer.benches.peer_engines import Engines
from viewer.benches.peer_rows import Part, print_table, with_ratios

__all__ = ["METHOD", "measure_peers", "print_table"]

ROUNDS, RUNS, WARM_UP = 8, 12, 3
METHOD = (
    "everybody in turn, in rounds; engines and pyrender in processes of their own; a sample is a round's median; "
    "core-ms is processor time of all threads"
)


def measure_peers(model: GeneratorModel, *, quick: bool = False) -> dict[str, Any]:
    """All rows; `quick` is one round of two runs, for tests.

    Raises:
        MienError: there is no OpenGL here.
    """
    rounds, runs, warm_up = (1, 2, 1) if quick else (ROUNDS, RUNS, WARM_UP)
    load, calibration, moods = warn_if_busy(), Calibration(), list[Mood]()
    with tempfile.TemporaryDirectory() as folder:
        engines, conversions = Engines(model, Path(folder)), Conversions()
        with opened_drawings(Path(folder)) as (drawings, opengl):
            parts: dict[str, Part] = {"conversions": conversions, "drawing": drawings, "engines": engines}
            for number in range(1, rounds + 1):
                moods.append(calibration.measure())
                for name, part in parts.items():
                    print(f"\rround {number} of {rounds}, {name:<12}", end="", file=sys.stderr, flush=True)
                    part.play(runs, warm_up)
            print(file=sys.stderr)
            rows = [*conversions.rows(), *engines.rows(), *drawings.rows()]
    settings = {"rounds": rounds, "runs": runs, "generator": model.name, **said_of_opengl(opengl, drawings.opengl)}
    figures = with_ratios([row.figures() for row in rows])
    told = {"method": METHOD, "settings": settings, "load_average": load, "rows": figures}
    return told | moods_figures(moods)

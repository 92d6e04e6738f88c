"""Interpolation as the specification has it."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.sessions.gltf_curves import GltfCurve

TIMES = np.array([1.0, 2.0])


@pytest.mark.parametrize(
    ("interpolation", "time", "value"),
    [("LINEAR", 1.25, 0.25), ("STEP", 1.9, 0.0), ("STEP", 2.0, 1.0), ("LINEAR", 0.0, 0.0), ("LINEAR", 9.0, 1.0),
     ("LINEAR", 1.9999, 1.0)],
)  # fmt: skip
def test_steps_and_lines(interpolation: str, time: float, value: float) -> None:
    assert GltfCurve(interpolation, TIMES, np.array([[0.0], [1.0]])).at(time) == pytest.approx([value])


def test_a_cubic_spline_with_its_tangents_in_seconds() -> None:
    curve = GltfCurve("CUBICSPLINE", 2 * TIMES, np.array([[[9.0], [0.0], [2.0]], [[1.0], [1.0], [9.0]]]))
    # Halfway over 2 s: (v0 + v1) / 2 + (2 s * 2 - 2 s * 1) / 8.
    assert curve.at(3.0) == pytest.approx([0.75])
    assert curve.at_keys.tolist() == [[0.0], [1.0]]
    assert curve.at(2.0) == pytest.approx([0.0])

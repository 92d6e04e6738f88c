"""viewer.streams.values: what follows from a form."""

from __future__ import annotations

from pathlib import Path

from gpu_core.settings import EngineSettings
from viewer.streams.values import StreamForm


def test_the_engine_is_opened_as_the_form_says_and_overlaps() -> None:
    form = StreamForm(size=256, path="host", inference="onnxruntime", precision="fp32", threads=3, face=Path("x"))
    assert form.engine_settings() == EngineSettings(
        size=256, path="host", inference="onnxruntime", precision="fp32", threads=3, depth=2
    )

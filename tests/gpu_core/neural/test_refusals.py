"""What cannot be chosen says why, and what is offered can be had."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gpu_core.errors import MienError
from gpu_core.neural import refusals as room
from gpu_core.neural.choosing import open_path
from gpu_core.neural.model import load_model
from gpu_core.neural.refusals import refusals
from gpu_core.settings import EngineSettings
from tests.networks import SIZE, save_network

SETTINGS = EngineSettings(size=SIZE)


def test_without_a_generator_there_is_nothing_to_choose():
    assert refusals(None, SETTINGS, "render only") == {}


def test_reasons_depend_on_what_runs(tmp_path, monkeypatch):
    model = load_model(save_network(tmp_path))
    host, classic = (refusals(model, SETTINGS, path) for path in ("host", "classic"))
    assert host["readback"]["pixel buffer"] == host["depth"][3] == host["path"]["classic"] == ""
    assert "only the host path" in classic["readback"]["pixel buffer"]
    assert "one frame at a time" in classic["depth"][2]
    assert classic["depth"][1] == ""
    assert "not 32x32" in refusals(model, replace(SETTINGS, size=32), "host")["conversion"]["gpu"]
    assert "fp32, not in int8" in refusals(model, replace(SETTINGS, precision="int8"), "host")["path"]["classic"]
    monkeypatch.setattr(room, "is_installed", lambda: False)
    assert "mien[cuda]" in refusals(model, SETTINGS, "host")["path"]["cuda"]


@pytest.mark.gl
def test_what_is_offered_opens(gl_context, tmp_path):
    model = load_model(save_network(tmp_path))
    for field, reasons in refusals(model, SETTINGS, "host").items():
        for value in (value for value, reason in reasons.items() if not reason):
            try:
                open_path(model, replace(SETTINGS, **{field: value})).close()
            except MienError as error:
                pytest.fail(f"{field} {value} was offered: {error}")

"""What makes one plan useless in the place of another."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from gpu_core.plans.request import PROFILES, PlanRequest, plan_request
from tests.gpu_core.plans.requests import DOUBLE, Gpu, generator, request_for

OTHERS: dict[str, Any] = {
    "model_sha256": "0" * 64, "precision": "fp32", "inputs": (("pair", (6, 32, 32)),), "output": "twice",
    "flavour": "tensorrt_rtx", "version": "11.5.0", "gpu": "NVIDIA T4", "architecture": "75",
    "gpu_memory_bytes": 16 << 30, "driver_version": 13060, "workspace_bytes": 1 << 30, "profiles": ((1, 1, 1),),
    "optimisation_level": 5, "tf32": True,
}  # fmt: skip
INDIFFERENT: dict[str, Any] = {
    "model": Path("elsewhere.onnx"), "title": "another name", "module": "tensorrt", "gpu_uuid": "GPU-1", "gpu_index": 1,
}  # fmt: skip


@pytest.fixture
def request_(tmp_path: Path) -> PlanRequest:
    return request_for(generator(tmp_path))


def test_every_field_is_known_to_this_test():
    assert {field.name for field in fields(PlanRequest)} == {*OTHERS, *INDIFFERENT}


@pytest.mark.parametrize("name", OTHERS)
def test_what_changes_the_plan_changes_its_key(name: str, request_: PlanRequest):
    assert replace(request_, **{name: OTHERS[name]}).key != request_.key


@pytest.mark.parametrize("name", INDIFFERENT)
def test_where_things_are_does_not(name: str, request_: PlanRequest):
    assert replace(request_, **{name: INDIFFERENT[name]}).key == request_.key


def test_the_format_and_the_platform_count_too(request_: PlanRequest, monkeypatch: pytest.MonkeyPatch):
    key = request_.key
    monkeypatch.setattr("gpu_core.plans.request.PLAN_FORMAT", 99)
    assert request_.key != key
    monkeypatch.undo()
    monkeypatch.setattr("gpu_core.plans.request.sys.platform", "plan9")
    assert request_.key != key


def test_timings_are_shared_by_networks_and_not_by_gpus(request_: PlanRequest):
    other_network = replace(request_, model_sha256="0" * 64, precision="fp32", profiles=((1, 1, 1),))
    assert other_network.timing_facts == request_.timing_facts
    assert replace(request_, gpu="NVIDIA T4").timing_facts != request_.timing_facts
    assert replace(request_, version="11.5").timing_facts != request_.timing_facts


def test_it_survives_the_journey_to_another_process(request_: PlanRequest):
    assert PlanRequest.from_json(request_.to_json()) == request_
    assert "\n" not in request_.to_json()


def test_it_says_what_model_backend_and_gpu_say(tmp_path: Path):
    model = generator(tmp_path)
    made = plan_request(model, DOUBLE, Gpu(memory_bytes=2 << 30))
    assert (made.model, made.model_sha256, made.precision) == (model.path, model.sha256, "fp16")
    assert made.inputs == (("pair", (6, 16, 16)),)
    assert (made.module, made.version, made.architecture) == (DOUBLE.module, DOUBLE.version, "89")
    assert made.profiles == PROFILES == ((1, 1, 1), (1, 8, 16))
    assert made.workspace_bytes == 1 << 30  # a small GPU keeps half of its memory for the rest

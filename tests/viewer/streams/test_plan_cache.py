"""viewer.streams.plan_cache: plans that are kept, and files that are none."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.viewer.streams.test_plan import plan
from viewer.streams.plan_cache import PlanCache, plan_from, plan_values

PLAN = replace(plan({1: 40.0, 2: 44.0}, {1: 39.0}), made="2026-01-01T00:00:00+00:00", engine="OpenVINO int8")


def test_a_plan_is_found_again_by_its_key_alone(tmp_path: Path) -> None:
    cache = PlanCache(tmp_path / "new")
    assert cache.get(PLAN.key) is None
    cache.put(PLAN)
    assert cache.get(PLAN.key) == PLAN
    for other in ({"machine": "another"}, {"size": 512}, {"precision": "fp32"}, {"generator": "fine"}):
        assert cache.get(replace(PLAN.key, **other)) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"points": 1}', "9" * 400, "[" * 100_000, "\x00"])
def test_a_file_that_is_none_is_said_and_as_good_as_none(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    cache = PlanCache(tmp_path)
    cache.path(PLAN.key).write_text(text)
    with caplog.at_level(logging.WARNING):
        assert cache.get(PLAN.key) is None
    assert "measure anew" in caplog.text


def test_a_disk_that_is_full_costs_the_plan_and_nothing_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    PlanCache(tmp_path / "file").put(PLAN)
    assert "not kept" in caplog.text


hostile = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@settings(max_examples=60)
@given(st.sampled_from(["faces", "faces_per_s", "way", "p50_ms", "memory_mb"]), hostile)
def test_a_field_of_any_other_kind_is_refused(field: str, value: Any) -> None:
    values = json.loads(json.dumps(plan_values(PLAN)))
    values["points"][0][field] = value
    try:
        made = plan_from(values)
    except ValueError:
        return
    point = made.points[0]
    assert point.faces >= 1
    assert 0.0 <= point.faces_per_s <= 1e9
    assert type(point.way) is str


@settings(max_examples=60)
@given(hostile)
def test_any_other_value_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"plan|point|Plan|Point"):
        plan_from(value)


def test_a_file_that_was_copied_under_another_key_is_none(tmp_path: Path) -> None:
    cache, other = PlanCache(tmp_path), replace(PLAN.key, size=512)
    cache.put(PLAN)
    cache.path(PLAN.key).rename(cache.path(other))
    assert cache.get(other) is None

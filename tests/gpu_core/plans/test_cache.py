"""Plans on disk: found again, never another's, never half a one."""

from __future__ import annotations

import logging
import multiprocessing
import os
from dataclasses import replace
from pathlib import Path

import pytest

from gpu_core.plans.cache import PlanCache
from gpu_core.plans.request import PlanRequest
from tests.gpu_core.plans.requests import generator, request_for

PLAN = bytes(range(256)) * 40


@pytest.fixture
def request_(tmp_path: Path) -> PlanRequest:
    return request_for(generator(tmp_path))


@pytest.fixture
def cache(tmp_path: Path) -> PlanCache:
    return PlanCache(tmp_path / "deep" / "cache")


def plan_file(cache: PlanCache) -> Path:
    """The one plan in it."""
    (path,) = cache.folder.glob("*.plan")
    return path


def test_an_empty_cache_has_nothing_and_says_nothing(cache: PlanCache, request_: PlanRequest, caplog):
    assert cache.get(request_) is None
    assert cache.get_timing(request_) == b""
    assert not caplog.records


def test_what_was_put_is_found_by_another(cache: PlanCache, request_: PlanRequest, caplog):
    cache.put(request_, PLAN)
    assert PlanCache(cache.folder).get(request_) == PLAN
    assert not caplog.records
    assert [path.suffix for path in cache.folder.iterdir()] == [".plan"]


def test_another_request_is_not_served(cache: PlanCache, request_: PlanRequest):
    cache.put(request_, PLAN)
    assert cache.get(replace(request_, driver_version=13060)) is None
    assert cache.get(request_) == PLAN


def test_a_plan_under_another_name_is_not_loaded(cache: PlanCache, request_: PlanRequest, caplog):
    foreign = replace(request_, gpu="NVIDIA T4", architecture="75")
    cache.put(foreign, PLAN)
    plan_file(cache).rename(cache.folder / f"{request_.key}.plan")
    assert cache.get(request_) is None
    assert [record.message.partition(": ")[2] for record in caplog.records] == [
        "it was made for something else; it is made anew"
    ]
    assert not list(cache.folder.iterdir())


def test_a_timing_cache_is_no_plan(cache: PlanCache, request_: PlanRequest):
    cache.put_timing(request_, PLAN)
    (timing,) = cache.folder.glob("*.timing")
    timing.rename(cache.folder / f"{request_.key}.plan")
    assert cache.get(request_) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data[:200],
        lambda data: data + b"x",
        lambda data: data[:-5] + bytes([data[-5] ^ 1]) + data[-4:],
        lambda data: b"[" * 100000,
        lambda data: b"[1]\n" + data,
        lambda data: b"\xff\xfe" + data,
    ],
)
def test_a_damaged_plan_costs_one_line_and_is_gone(damage, cache: PlanCache, request_: PlanRequest, caplog):
    cache.put(request_, PLAN)
    path = plan_file(cache)
    path.write_bytes(damage(path.read_bytes()))
    assert cache.get(request_) is None
    assert len(caplog.records) == 1
    assert path.name in caplog.text
    assert not path.exists()
    cache.put(request_, PLAN)
    assert cache.get(request_) == PLAN


def test_a_plan_that_tensorrt_does_not_load_is_dropped(cache: PlanCache, request_: PlanRequest, caplog):
    cache.put(request_, PLAN)
    cache.drop(request_, "TensorRT does not load it")
    assert cache.get(request_) is None
    assert "TensorRT does not load it" in caplog.text


def test_timings_are_found_by_other_networks_on_the_same_gpu(cache: PlanCache, request_: PlanRequest):
    cache.put_timing(request_, b"measured")
    assert cache.get_timing(replace(request_, model_sha256="0" * 64)) == b"measured"
    assert cache.get_timing(replace(request_, gpu="NVIDIA T4")) == b""


def test_a_cache_that_cannot_be_written_costs_one_warning(tmp_path: Path, request_: PlanRequest, caplog):
    (tmp_path / "file").write_text("in the way")
    cache = PlanCache(tmp_path / "file" / "cache")
    for _ in range(3):
        cache.put(request_, PLAN)
        assert cache.get(request_) is None
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "plans cannot be kept in" in caplog.text


def test_a_full_disk_leaves_what_was_there_and_no_litter(cache: PlanCache, request_: PlanRequest, monkeypatch, caplog):
    cache.put(request_, PLAN)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    cache.put(request_, b"other")
    assert "No space left on device" in caplog.text
    assert cache.get(request_) == PLAN
    assert len(list(cache.folder.iterdir())) == 1


def test_a_plan_is_put_in_its_place_whole(cache: PlanCache, request_: PlanRequest, monkeypatch: pytest.MonkeyPatch):
    cache.put(request_, PLAN)

    def refused(self: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refused)
    cache.put(request_, b"other")
    assert cache.get(request_) == PLAN
    assert len(list(cache.folder.iterdir())) == 1


def test_the_least_recently_used_make_room(cache: PlanCache, request_: PlanRequest, monkeypatch: pytest.MonkeyPatch):
    requests = [replace(request_, driver_version=version) for version in (1, 2, 3)]
    for age, each in zip((300, 200, 100), requests, strict=True):
        cache.put(each, PLAN)
        path = cache.folder / f"{each.key}.plan"
        os.utime(path, (path.stat().st_mtime - age,) * 2)
    assert cache.get(requests[0]) == PLAN  # and so it is the newest
    monkeypatch.setattr("gpu_core.plans.cache.MOST_BYTES", 3 * len(PLAN) + 4000)
    cache.put(request_, PLAN)
    assert [cache.get(each) is not None for each in (*requests, request_)] == [True, False, True, True]


def _hammer(folder: Path, request: PlanRequest, plan: bytes, bad: multiprocessing.Queue) -> None:
    cache = PlanCache(folder)
    for _ in range(30):
        cache.put(request, plan)
        found = cache.get(request)
        if found is None or len(set(found)) != 1 or len(found) != 200_000:
            bad.put(len(found or b""))


def test_processes_that_build_the_same_plan_do_not_harm_one_another(cache: PlanCache, request_: PlanRequest):
    context = multiprocessing.get_context("spawn")
    bad = context.Queue()
    plans = [bytes([number]) * 200_000 for number in (1, 2)]
    children = [context.Process(target=_hammer, args=(cache.folder, request_, plan, bad)) for plan in plans]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0]
    assert bad.empty()
    assert len(list(cache.folder.iterdir())) == 1

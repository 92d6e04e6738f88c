"""viewer.farm.ray_workers: workers fill the nodes, what is lost is told and started elsewhere, what hangs is ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gpu_core.errors import MienError
from tests.fake_ray import FakeRay, Ref
from tests.farm_fakes import FACTS, FPS, JOB, jaws
from viewer.farm import ray_workers
from viewer.farm.nodes import Nodes
from viewer.farm.ray_workers import RayWorkers
from viewer.farm.renderer import Warm
from viewer.farm.values import Closed, Done, Ended, Event, Failed, Lost, Made, Opened, Room, Told, Work

WORK = Work(0, 0, 2, FPS, jaws([0.1, 0.2]))
DONE = Done(WORK.key, b"", "", 0.1)
Answer = Callable[[Ref], Any]


def well(ref: Ref) -> Any:
    """Everything goes well."""
    return {"open": Warm(FACTS, "proof"), "render": DONE, "made": 1, "close": 0}[ref.what]


@pytest.fixture(autouse=True)
def placed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Nodes, "place", lambda _self, node: node.id)
    monkeypatch.setattr(RayWorkers, "_is_full", lambda _self: False)


def farm(answer: Answer = well, *, most: int = 9, room: Room = Room(), **nodes: float) -> tuple[RayWorkers, FakeRay]:  # noqa: B008
    ray = FakeRay(nodes or {"n1": 2.0, "n2": 1.0}, answer)
    return RayWorkers(ray, JOB, room, most), ray


def of(kind: type[Event], events: list[Event]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def test_workers_fill_the_nodes_and_no_more_than_there_is_work_for() -> None:
    workers, ray = farm()
    assert sorted(actor.node for actor in ray.actors) == ["n1", "n1", "n2"]
    assert workers.room == 0
    assert len(of(Opened, workers.wait(0))) == 3
    assert workers.room == 3
    assert len(farm(most=2)[1].actors) == 2
    workers, ray = farm(room=Room(workers=5))
    assert of(Told, workers.wait(0))[0].text == "the cluster has room for 3 workers of this size, not 5"


def test_nodes_that_hold_nobody_are_one_line() -> None:
    with pytest.raises(MienError, match=r"no node of the cluster has 4 cores for a worker"):
        farm(room=Room(cpus=4.0))


def test_a_segment_comes_back_and_its_frames_are_told_meanwhile() -> None:
    answers = {"open": Warm(FACTS, "proof"), "made": 1}
    workers, ray = farm(lambda ref: answers.get(ref.what), n1=1.0)
    workers.wait(0)
    workers.submit(WORK)
    assert workers.room == 0
    workers.wait(0)
    assert of(Made, workers.wait(0)) == [Made(WORK.key, 1)]
    answers["render"] = DONE
    assert of(Done, workers.wait(0)) == [DONE]
    assert workers.room == 1
    workers.close()
    assert all(actor.is_killed for actor in ray.actors)


@pytest.mark.parametrize("node_dies", [False, True])
def test_a_lost_worker_is_told_and_another_started(node_dies: bool) -> None:
    died: list[int] = []

    def answer(ref: Ref) -> Any:
        if ref.what == "render" and not died:
            died.append(1)
            ray.dead |= {"n2"} if node_dies else set()
            return RuntimeError("The actor died\nbecause of this")
        return well(ref)

    workers, ray = farm(answer, n2=1.0)
    workers.wait(0)
    ray.room["n1"] = 1.0 if node_dies else 0.0
    workers.submit(WORK)
    told = workers.wait(0)
    where = "n2 (10.0.0.1) is lost" if node_dies else "a worker on n2 (10.0.0.1) is lost"
    assert of(Lost, told) == [Lost(WORK.key, where, blamed=not node_dies)]
    assert of(Closed, told) == [Closed(0)]
    assert ray.actors[-1].node == ("n1" if node_dies else "n2")
    assert len(of(Opened, workers.wait(0))) == 1
    workers.submit(WORK)
    assert of(Done, workers.wait(0)) == [DONE]


def test_what_failed_gets_a_fresh_engine_the_next_time(capsys: pytest.CaptureFixture[str]) -> None:
    bad = Failed(WORK.key, "on fire", details="Traceback ...\n")
    workers, ray = farm(lambda ref: bad if ref.what == "render" else well(ref), n1=1.0)
    workers.wait(0)
    workers.submit(WORK)
    told = workers.wait(0)
    assert [failed.where for failed in of(Failed, told)] == ["n1 (10.0.0.1)"]
    assert (ray.actors[0].is_killed, len(ray.actors)) == (True, 2)
    assert capsys.readouterr().err == "Traceback ...\n"


def test_a_worker_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: dict[str, Any] = {"open": Warm(FACTS, "proof"), "made": 0}
    workers, ray = farm(lambda ref: answers.get(ref.what), n1=1.0)
    workers.wait(0)
    workers.submit(WORK)
    workers.wait(0)
    monkeypatch.setattr(ray_workers, "HANG_S", -1.0)
    assert len(of(Lost, workers.wait(0))) == 1
    assert ray.actors[0].is_killed


def test_a_node_whose_pictures_differ_is_left_out() -> None:
    def answer(ref: Ref) -> Any:
        return Warm(FACTS, ref.actor.node if ref.actor else "") if ref.what == "open" else well(ref)

    workers, ray = farm(answer, n1=1.0, n2=1.0)
    told = workers.wait(0)
    assert len(of(Opened, told)) == 1
    assert "left out: n2 (10.0.0.1) makes other pictures (fake)" in of(Told, told)[0].text
    assert of(Closed, told) == [], "it never was open"
    assert len(ray.actors) == 2
    assert workers.room == 1


def test_an_engine_that_opens_nowhere_ends_the_farm_with_its_own_line() -> None:
    workers, ray = farm(lambda ref: "EGL has no display to draw on" if ref.what == "open" else None, n1=1.0)
    told: list[Event] = []
    while not of(Ended, told):
        told += workers.wait(0)
    assert of(Ended, told)[0].reason == "EGL has no display to draw on"
    assert len(ray.actors) == ray_workers.MOST_STARTS

"""viewer.farm.nodes: how many workers a node holds, and that a node with another Mien is left out by name."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.farm import nodes as nodes_module
from viewer.farm.identity import identity
from viewer.farm.nodes import Node, Nodes, gpu_slots, gpus_each, judged, nodes_of
from viewer.farm.values import Room


@given(st.integers(0, 64), st.floats(0.01, 64.0))
def test_workers_on_gpus_never_take_more_than_there_is(has: int, wants: float) -> None:
    slots = gpu_slots(has, wants)
    assert slots * wants <= has + 1e-3
    if wants < 1:
        assert slots % int(1 / wants + 1e-6) == 0, "one that takes a part of a GPU has it all on one"


@pytest.mark.parametrize(("has", "wants", "slots"), [(1, 0.25, 4), (2, 0.5, 4), (1, 0.3, 3), (2, 0.6, 2), (4, 2.0, 2)])
def test_a_part_of_a_gpu_lets_several_share_it(has: int, wants: float, slots: int) -> None:
    assert gpu_slots(has, wants) == slots


def told(number: str, *, alive: bool = True, **resources: float) -> dict[str, Any]:
    return {"NodeID": number, "Alive": alive, "Resources": resources, "NodeManagerHostname": f"host{number}",
            "NodeManagerAddress": f"10.0.0.{number}"}  # fmt: skip


def test_nodes_that_are_gone_hold_nobody() -> None:
    ray = SimpleNamespace(nodes=lambda: [told("1", CPU=4.0, GPU=1.0), told("2", alive=False, CPU=4.0), told("3")])
    assert nodes_of(ray, Room(cpus=0.5), gpus=0.0) == [
        Node("1", "host1 (10.0.0.1)", 8),
        Node("3", "host3 (10.0.0.3)", 0),
    ]
    assert [node.slots for node in nodes_of(ray, Room(cpus=2.0), gpus=0.5)] == [2, 0]


@pytest.mark.parametrize(
    ("asked", "path", "has", "each"),
    [(None, "auto", 0.0, 0.0), (None, "auto", 1.0, 0.5), (None, "host", 1.0, 0.0), (0.25, "auto", 0.0, 0.25)],
)
def test_half_a_gpu_is_taken_where_there_are_any(asked: float | None, path: str, has: float, each: float) -> None:
    ray = SimpleNamespace(cluster_resources=lambda: {"GPU": has} if has else {})
    assert gpus_each(ray, Room(gpus=asked), path=path) == each


def test_another_mien_or_none_is_refused() -> None:
    here = identity()
    assert "error" not in here
    assert judged(identity(), here) == ""
    assert "has another Mien" in judged({**here, "sources": "0"}, here)
    assert "pip install mien" in judged({"error": "has no Mien"}, here)


class FakeRay:
    """Answers questions about nodes: a value, an exception, or never."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.cloudpickle = SimpleNamespace(register_pickle_by_value=lambda _module: None)
        self.asked: list[str] = []

    def nodes(self) -> list[dict[str, Any]]:
        return [told(number, CPU=1.0) for number in self.answers]

    def remote(self, _function: Any) -> Any:
        def options(*, scheduling_strategy: str, **_: Any) -> Any:
            self.asked.append(scheduling_strategy)
            return SimpleNamespace(remote=lambda _root: scheduling_strategy)

        return SimpleNamespace(options=options)

    def wait(self, refs: list[str], **_: Any) -> tuple[list[str], list[str]]:
        return [ref for ref in refs if self.answers[ref] is not None], []

    def get(self, ref: str) -> Any:
        if isinstance(self.answers[ref], Exception):
            raise self.answers[ref]
        return self.answers[ref]


def test_each_node_is_asked_once_and_a_silent_one_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Nodes, "place", lambda _self, node: node.id)
    monkeypatch.setattr(nodes_module, "PROBE_S", 0.0)
    ray = FakeRay({"1": identity(), "2": {"error": "has no Mien"}, "3": RuntimeError("boom\nmore"), "4": None})
    said: list[str] = []
    nodes = Nodes(ray, Room(), 0.0, said.append)
    assert [node.id for node in nodes.usable()] == ["1"]
    assert said == [
        "left out: host2 (10.0.0.2) has no Mien: pip install mien there, the same version as here",
        "left out: host3 (10.0.0.3) does not answer: boom",
    ]
    ray.answers["4"] = identity()
    assert [node.id for node in nodes.usable()] == ["1", "4"]
    assert ray.asked == ["1", "2", "3", "4"]
    nodes.leave_out(nodes.usable()[0], "makes other pictures")
    assert [node.id for node in nodes.usable()] == ["4"]

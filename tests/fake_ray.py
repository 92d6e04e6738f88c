"""As much of Ray as the farm's workers use, in this process: nodes that die, actors that answer when told to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from viewer.farm.identity import identity
from viewer.farm.render_actor import RenderActor


class Ref:
    """What a call will answer."""

    def __init__(self, what: str, actor: Actor | None = None, *arguments: Any) -> None:
        self.what, self.actor, self.arguments = what, actor, arguments
        self.is_ready, self.answer = False, None

    def give(self, answer: Any) -> None:
        self.is_ready, self.answer = True, answer


class Actor:
    """A handle: every method answers with a `Ref`."""

    def __init__(self, ray: FakeRay, node: str) -> None:
        self.ray, self.node, self.is_killed = ray, node, False

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any, **_: Any) -> Ref:
            ref = Ref(name, self, *arguments)
            self.ray.calls.append(ref)
            return ref

        return SimpleNamespace(remote=call, options=lambda **_: SimpleNamespace(remote=call))


class FakeRay:
    """`answer` gives a call's answer, or None for not yet; an exception is raised."""

    def __init__(self, nodes: dict[str, float], answer: Callable[[Ref], Any]) -> None:
        self.room, self.dead = nodes, set[str]()
        self.calls: list[Ref] = []
        self.actors: list[Actor] = []
        self._answer = answer
        self.cloudpickle = SimpleNamespace(register_pickle_by_value=lambda _module: None)

    def nodes(self) -> list[dict[str, Any]]:
        return [
            {"NodeID": name, "Alive": name not in self.dead, "Resources": {"CPU": cores}, "NodeManagerHostname": name,
             "NodeManagerAddress": "10.0.0.1"} for name, cores in self.room.items()
        ]  # fmt: skip

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": sum(self.room.values())}

    def put(self, value: Any) -> Any:
        return value

    def remote(self, *made: Any, **_: Any) -> Any:
        if not made:
            return self.remote_class
        return SimpleNamespace(options=lambda **options: SimpleNamespace(remote=lambda *_: self._identity(options)))

    def _identity(self, options: dict[str, Any]) -> Ref:
        ref = Ref("identity", None, options["scheduling_strategy"])
        ref.give(identity())
        return ref

    def remote_class(self, kind: type) -> Any:
        assert kind is RenderActor
        return SimpleNamespace(options=lambda **options: SimpleNamespace(remote=lambda *_: self._made(options)))

    def _made(self, options: dict[str, Any]) -> Actor:
        self.actors.append(Actor(self, options["scheduling_strategy"]))
        return self.actors[-1]

    def wait(self, refs: Sequence[Ref], *, num_returns: int = 1, timeout: float | None = None) -> tuple[Any, Any]:
        for ref in refs:
            if not ref.is_ready and (answer := self._answer(ref)) is not None:
                ref.give(answer)
        return [ref for ref in refs if ref.is_ready][:num_returns], []

    def get(self, ref: Ref) -> Any:
        assert ref.is_ready
        if isinstance(ref.answer, Exception):
            raise ref.answer
        return ref.answer

    def kill(self, actor: Actor) -> None:
        actor.is_killed = True

"""What a planner asks of the processes that play its rounds, and what they answer: plain values, a JSON line each."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from gpu_core.settings import EngineSettings
from viewer.streams.round_playing import RoundPlayed
from viewer.streams.values import StreamForm

SERIAL, CLASSIC, WORKERS, BATCH = "serial", "classic", "workers", "batch"
WORKERS_MPS = "workers mps"  # the same as workers, as clients of CUDA's multi-process service


@dataclass(frozen=True)
class RoundOrder:
    """One round, or with 0 seconds a turn that gets everything ready for it."""

    way: str  # one of those above
    faces: int = 1  # of this process
    first: int = 0  # its first face's number, so that no two look alike
    seconds: float = 0.0
    start_s: float = 0.0  # on time.monotonic's clock, so that all begin together; in the past: at once
    threads: int = 0  # of inference; 0: chosen

    def settings(self, form: StreamForm) -> EngineSettings:
        """What the engine of this round is opened with."""
        usual = replace(form, threads=self.threads).engine_settings()
        if self.way == CLASSIC:
            return replace(usual, depth=1, path="classic", inference="auto", precision="auto")
        if self.way == SERIAL:
            return replace(usual, depth=1)
        return replace(usual, faces=self.faces if self.way == BATCH else 1)


def order_line(order: RoundOrder) -> bytes:
    """An order on its way down."""
    return json.dumps(asdict(order)).encode() + b"\n"


def read_order(line: bytes) -> RoundOrder:
    """The order that `order_line` wrote; it comes from our own parent."""
    return RoundOrder(**json.loads(line))


def played_line(played: RoundPlayed, engine: str) -> bytes:
    """An answer on its way up: what was played, and who inferred."""
    return json.dumps(asdict(played) | {"engine": engine}).encode() + b"\n"


def failed_line(problem: str) -> bytes:
    """An answer on its way up: why nothing was played."""
    return json.dumps({"problem": problem}).encode() + b"\n"


def read_answer(line: bytes) -> dict[str, Any]:
    """What came up, with `problem` in it or all of `RoundPlayed` and `engine`.

    Raises:
        ValueError: it is no answer.
    """
    told = json.loads(line)
    if not isinstance(told, dict) or not ("problem" in told or "faces" in told):
        raise ValueError("no answer")
    return told


def played_of(answer: dict[str, Any]) -> RoundPlayed:
    """The round that an answer tells of."""
    return RoundPlayed(
        float(answer["faces"]), float(answer["wall_s"]), float(answer["core_s"]), tuple(answer["latency_ms"]),
        float(answer["memory_mb"]),
    )  # fmt: skip

"""PlanBuild: a plan being built by a child process, so that neither its crash nor its hunger for time hurts anybody."""

from __future__ import annotations

from dataclasses import dataclass

from gpu_core.plans.cache import PlanCache
from gpu_core.plans.progress import PlanProgress
from gpu_core.plans.request import PlanRequest


@dataclass(frozen=True)
class PlanDone:
    """A plan that has been built, and is in the cache by now."""

    plan: bytes
    seconds: float


class PlanBuild:
    """One build. Nothing here waits for the child, `close` apart, which kills it. A context manager."""

    def __init__(self, request: PlanRequest, cache: PlanCache) -> None:
        """Start the child process.

        Raises:
            PlanError: it cannot be started.
        """
        raise NotImplementedError

    def poll(self) -> PlanProgress | PlanDone:
        """How far it is, or its plan; the same answer, or error, again and again once it has ended.

        Raises:
            PlanCancelled: it was cancelled.
            PlanError: it failed, or the child crashed; `log` holds what TensorRT said.
        """
        raise NotImplementedError

    def cancel(self) -> None:
        """Ask the builder to stop. One that does not within a second is killed by the next `poll`."""
        raise NotImplementedError

    def close(self) -> None:
        """End the child, if it still runs; idempotent."""
        raise NotImplementedError

    def __enter__(self) -> PlanBuild:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

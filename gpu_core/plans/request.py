"""PlanRequest: which plan is wanted, and everything that makes another plan useless in its place."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from gpu_core.neural.model import GeneratorModel
from gpu_core.plans.backend import Backend

PLAN_FORMAT = 1  # raise it whenever building changes in a way that the other fields do not show
# Batches (least, best, most) of the optimisation profiles: one face alone as fast as can be, and crowds.
PROFILES = ((1, 1, 1), (1, 8, 16))
LARGEST_BATCH = PROFILES[-1][-1]
# Chosen. `fine` at a batch of 16 needs 0.27 GiB with TensorRT-RTX; tactics of TensorRT may want more to be fast.
MOST_WORKSPACE_BYTES = 4 << 30
OPTIMISATION_LEVEL = 3  # TensorRT's default, of 0..5


class Device(Protocol):
    """What a plan depends on of a GPU: see `gpu_core.cuda.driver.DeviceInfo`."""

    @property
    def index(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def uuid(self) -> str: ...
    @property
    def architecture(self) -> str: ...
    @property
    def memory_bytes(self) -> int: ...
    @property
    def driver_version(self) -> int: ...


@dataclass(frozen=True)
class PlanRequest:
    """A plan for one network file, on one kind of GPU, by one TensorRT."""

    model: Path
    model_sha256: str
    title: str  # of the generator, for messages
    precision: str  # of the file's weights: strongly typed, so the file decides
    inputs: tuple[tuple[str, tuple[int, ...]], ...]  # name and axes without the batch
    output: str  # whatever else the file puts out is not computed
    flavour: str
    module: str  # see Backend
    version: str
    gpu: str  # its name
    gpu_uuid: str
    gpu_index: int
    architecture: str  # "89"
    gpu_memory_bytes: int
    driver_version: int
    workspace_bytes: int
    profiles: tuple[tuple[int, int, int], ...] = PROFILES
    optimisation_level: int = OPTIMISATION_LEVEL
    tf32: bool = False  # it has fp16's ten bits: who asks for fp32 wants to see fp32

    @property
    def facts(self) -> dict[str, Any]:
        """Everything that invalidates a plan. Where file, module and GPU are to be found is not among it."""
        left_out = ("model", "title", "module", "gpu_uuid", "gpu_index")
        facts = {name: value for name, value in _plain(self).items() if name not in left_out}
        return facts | {"format": PLAN_FORMAT, "platform": f"{sys.platform}-{platform.machine()}"}

    @property
    def timing_facts(self) -> dict[str, Any]:
        """Everything that invalidates a timing cache: networks share it."""
        kept = ("flavour", "version", "gpu", "architecture", "gpu_memory_bytes", "driver_version", "format", "platform")
        return {name: self.facts[name] for name in kept}

    @property
    def key(self) -> str:
        """A name for this plan: 64 hexadecimal digits."""
        return digest(self.facts)

    def to_json(self) -> str:
        """One line; `from_json` reads it in another process."""
        return json.dumps(_plain(self))

    @classmethod
    def from_json(cls, line: str) -> PlanRequest:
        """Read what `to_json` wrote."""
        said = json.loads(line)
        inputs = tuple((name, tuple(shape)) for name, shape in said["inputs"])
        profiles = tuple(tuple(profile) for profile in said["profiles"])
        return cls(**said | {"model": Path(said["model"]), "inputs": inputs, "profiles": profiles})


def plan_request(model: GeneratorModel, backend: Backend, device: Device) -> PlanRequest:
    """The plan for a generator's file, as it is, on a GPU."""
    return PlanRequest(
        model=model.path,
        model_sha256=model.sha256,
        title=model.name,
        precision=model.precision,
        inputs=tuple((said.name, said.shape) for said in model.signature.inputs),
        output=model.signature.output.name,
        flavour=backend.flavour,
        module=backend.module,
        version=backend.version,
        gpu=device.name,
        gpu_uuid=device.uuid,
        gpu_index=device.index,
        architecture=device.architecture,
        gpu_memory_bytes=device.memory_bytes,
        driver_version=device.driver_version,
        workspace_bytes=min(MOST_WORKSPACE_BYTES, device.memory_bytes // 2),
    )


def digest(facts: dict[str, Any]) -> str:
    """SHA-256 of plain values, whatever order they came in."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _plain(request: PlanRequest) -> dict[str, Any]:
    """Plain values, in the same form before and after a journey through JSON."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(request), default=str))
    return plain

"""Whether a loaded plan is that of a signature, tensor by tensor: what it reads must be what is written for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gpu_core.errors import PlanError
from gpu_core.neural.signature import InputTensor, OutputTensor, Signature
from gpu_core.plans.messages import told_shape

_DTYPES = {"float32": "FLOAT", "float16": "HALF", "uint8": "UINT8"}  # ours, TensorRT's


@dataclass(frozen=True)
class Fit:
    """How a plan serves a batch."""

    profile: int  # index of the optimisation profile
    faces: int  # in one run of the network: the whole batch, or 1 where the network takes no more


def check_engine(api: Any, engine: Any, signature: Signature, batch: int) -> Fit:
    """Hold an engine against a signature, and choose its profile for a batch.

    Raises:
        PlanError: the first tensor that does not fit, and why.
    """
    modes = {name: engine.get_tensor_mode(name) for name in map(engine.get_tensor_name, range(engine.num_io_tensors))}
    wanted: dict[str, InputTensor | OutputTensor] = {said.name: said for said in signature.inputs}
    wanted[signature.output.name] = signature.output
    if unknown := sorted(modes.keys() ^ wanted.keys()):
        raise PlanError(f"the plan and the generator's signature differ about the tensor {unknown[0]!r}")
    for name, said in wanted.items():
        mode = api.TensorIOMode.OUTPUT if said is signature.output else api.TensorIOMode.INPUT
        if modes[name] != mode:
            raise PlanError(f"the plan has {name!r} as {modes[name].name.lower()}, not {mode.name.lower()}")
        _check_tensor(api, engine, said)
    return _fit(engine, signature.inputs[0].name, batch)


def _check_tensor(api: Any, engine: Any, said: InputTensor | OutputTensor) -> None:
    where = f"the plan's tensor {said.name!r}"
    dtype = engine.get_tensor_dtype(said.name)
    if dtype != getattr(api.DataType, _DTYPES[said.dtype]):
        raise PlanError(f"{where} is {dtype.name.lower()}, not {said.dtype}")
    shape = tuple(engine.get_tensor_shape(said.name))
    fits = len(shape) == 4 and all(have in (-1, want) for have, want in zip(shape[1:], said.shape, strict=True))
    if not fits or shape[0] not in (-1, 1):
        raise PlanError(f"{where} is {told_shape(shape)}, not {told_shape((-1, *said.shape))}")
    if engine.get_tensor_format(said.name) != api.TensorFormat.LINEAR:
        raise PlanError(f"{where} is not laid out row by row but {engine.get_tensor_format(said.name).name}")
    if engine.get_tensor_location(said.name) != api.TensorLocation.DEVICE:
        raise PlanError(f"{where} is not in the GPU's memory")


def _fit(engine: Any, name: str, batch: int) -> Fit:
    if engine.get_tensor_shape(name)[0] == 1:
        return Fit(0, 1)
    ranges = []
    for profile in range(engine.num_optimization_profiles):
        least, _, most = engine.get_tensor_profile_shape(name, profile)
        ranges.append((int(least[0]), int(most[0])))
    fitting = [profile for profile, (least, most) in enumerate(ranges) if least <= batch <= most]
    if not fitting:
        raise PlanError(f"the plan serves up to {max(most for _, most in ranges)} faces, not {batch}")
    narrowest = min(fitting, key=lambda profile: ranges[profile][1] - ranges[profile][0])
    return Fit(narrowest, batch)

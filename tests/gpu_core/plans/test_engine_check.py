"""A plan against a signature: the first tensor that does not fit is named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import pytest

from gpu_core.errors import PlanError
from gpu_core.neural.signature import InputTensor, OutputTensor, Signature
from gpu_core.plans.engine_check import Fit, check_engine

SIGNATURE = Signature(
    (InputTensor("pair", ("texture", "render"), dtype="float16"),), OutputTensor("face", dtype="float16")
)
FREE = ((1, 1, 1), (1, 8, 16))


class Api:
    """TensorRT's enumerations, as far as they are asked about."""

    TensorIOMode = Enum("TensorIOMode", ["NONE", "INPUT", "OUTPUT"])
    DataType = Enum("DataType", ["FLOAT", "HALF", "UINT8", "INT64"])
    TensorFormat = Enum("TensorFormat", ["LINEAR", "CHW4"])
    TensorLocation = Enum("TensorLocation", ["DEVICE", "HOST"])


@dataclass(frozen=True)
class Tensor:
    """One tensor of an engine; by default what the signature above wants."""

    mode: Any
    shape: tuple[int, ...]
    dtype: Any = Api.DataType.HALF
    format: Any = Api.TensorFormat.LINEAR
    location: Any = Api.TensorLocation.DEVICE


PAIR = Tensor(Api.TensorIOMode.INPUT, (-1, 6, 512, 512))
FACE = Tensor(Api.TensorIOMode.OUTPUT, (-1, 4, 512, 512))


class Engine:
    """An engine of given tensors."""

    def __init__(self, tensors: dict[str, Tensor], profiles: tuple[tuple[int, int, int], ...] = FREE) -> None:
        self._tensors, self._profiles = tensors, profiles
        self.num_io_tensors, self.num_optimization_profiles = len(tensors), len(profiles)

    def get_tensor_name(self, index: int) -> str:
        return list(self._tensors)[index]

    def get_tensor_profile_shape(self, name: str, profile: int) -> list[tuple[int, ...]]:
        return [(batch, *self._tensors[name].shape[1:]) for batch in self._profiles[profile]]

    def __getattr__(self, name: str) -> Any:
        field = name.removeprefix("get_tensor_")
        return lambda tensor: getattr(self._tensors[tensor], field)


def check(batch: int = 1, profiles: tuple[tuple[int, int, int], ...] = FREE, **tensors: Tensor) -> Fit:
    """Check an engine of these tensors."""
    return check_engine(Api, Engine(tensors, profiles), SIGNATURE, batch)


@pytest.mark.parametrize(("batch", "profile"), [(1, 0), (2, 1), (8, 1), (16, 1)])
def test_one_face_alone_has_a_profile_of_its_own(batch: int, profile: int):
    assert check(batch, pair=PAIR, face=FACE) == Fit(profile, batch)


def test_a_fixed_batch_is_run_face_by_face():
    pair, face = replace(PAIR, shape=(1, 6, 512, 512)), replace(FACE, shape=(1, 4, 512, 512))
    assert check(5, pair=pair, face=face) == Fit(0, 1)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"pair": replace(PAIR, dtype=Api.DataType.FLOAT)}, "tensor 'pair' is float, not float16"),
        ({"face": replace(FACE, dtype=Api.DataType.INT64)}, "tensor 'face' is int64, not float16"),
        ({"pair": replace(PAIR, shape=(-1, 3, 512, 512))}, r"'pair' is \?x3x512x512, not \?x6x512x512"),
        ({"pair": replace(PAIR, shape=(-1, 6, 512))}, r"'pair' is \?x6x512, not \?x6x512x512"),
        ({"pair": replace(PAIR, shape=(4, 6, 512, 512))}, r"'pair' is 4x6x512x512, not"),
        ({"face": replace(FACE, format=Api.TensorFormat.CHW4)}, "'face' is not laid out row by row but CHW4"),
        ({"face": replace(FACE, location=Api.TensorLocation.HOST)}, "'face' is not in the GPU's memory"),
        ({"face": replace(FACE, mode=Api.TensorIOMode.INPUT)}, "the plan has 'face' as input, not output"),
        ({"pair": replace(PAIR, mode=Api.TensorIOMode.OUTPUT)}, "the plan has 'pair' as output, not input"),
        ({"other": PAIR}, "differ about the tensor 'other'"),
    ],
)
def test_what_does_not_fit_is_named(changed: dict[str, Tensor], reason: str):
    with pytest.raises(PlanError, match=reason):
        check(**{"pair": PAIR, "face": FACE} | changed)


def test_a_tensor_that_the_plan_lacks():
    with pytest.raises(PlanError, match="differ about the tensor 'pair'"):
        check(face=FACE)


def test_a_batch_that_no_profile_serves():
    with pytest.raises(PlanError, match="the plan serves up to 4 faces, not 5"):
        check(5, ((1, 1, 1), (1, 2, 4)), pair=PAIR, face=FACE)


def test_sides_that_the_plan_leaves_free_are_the_signatures():
    free = {"pair": replace(PAIR, shape=(-1, 6, -1, -1)), "face": replace(FACE, shape=(-1, 4, -1, -1))}
    assert check(1, **free) == Fit(0, 1)

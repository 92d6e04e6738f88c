"""The double of TensorRT has nothing that the real bindings do not have, and what Mien uses, both have."""

from __future__ import annotations

import inspect
import re
from types import ModuleType
from typing import Any

import pytest

from gpu_core.plans.backend import USED_API, missing_api

pytest.importorskip("onnx")
CLASSES = (
    "Builder", "IBuilderConfig", "INetworkDefinition", "OnnxParser", "IOptimizationProfile", "ITimingCache",
    "IHostMemory", "Runtime", "ICudaEngine", "IExecutionContext", "ITensor",
)  # fmt: skip


@pytest.fixture(scope="module")
def real() -> Any:
    """NVIDIA's bindings over stubs of its libraries."""
    from tests.emulation.tensorrt.bindings import real_bindings

    return real_bindings()


@pytest.fixture(scope="module")
def double(real: Any) -> ModuleType:
    import tests.emulation.tensorrt.double as module

    return module


def real_parameters(method: Any, name: str) -> list[list[str]]:
    """The names of the parameters of each overload, as pybind11 writes them into the documentation."""
    signatures = re.findall(rf"^(?:\d+\. )?{name}\(self[^,)]*,?(.*?)\) ->", method.__doc__ or "", re.M)
    return [re.findall(r"(\w+): ", re.sub(r"<[^>]*>", "", signature)) for signature in signatures]


@pytest.mark.parametrize("name", CLASSES)
def test_every_member_of_the_double_is_real_with_the_same_parameters(name: str, real: Any, double: ModuleType):
    mine, theirs = getattr(double, name), getattr(real, name)
    assert mine is not theirs
    members = {member: thing for member, thing in vars(mine).items() if not member.startswith("_")}
    for member, thing in members.items():
        assert hasattr(theirs, member), f"the real {name} has no {member}"
        if callable(thing):
            parameters = list(inspect.signature(thing).parameters)[1:]
            assert parameters in real_parameters(getattr(theirs, member), member), member
        else:
            assert isinstance(getattr(theirs, member), property), f"{name}.{member} is a method"


@pytest.mark.parametrize("name", ["Builder", "OnnxParser", "Runtime"])
def test_what_can_be_made_is_made_of_the_same_things(name: str, real: Any, double: ModuleType):
    parameters = list(inspect.signature(getattr(double, name)).parameters)
    assert parameters in real_parameters(getattr(real, name).__init__, "__init__")


def test_everything_that_is_used_is_in_both(real: Any, double: ModuleType):
    assert not missing_api(real)
    assert not missing_api(double)
    for name, members in USED_API.items():
        own = getattr(double, name)
        assert own is getattr(real, name) or set(members) <= set(dir(own))


def test_names_that_are_not_classes_of_the_double_are_the_real_ones(real: Any, double: ModuleType):
    for name in ("DataType", "TensorIOMode", "TensorFormat", "BuilderFlag", "ILogger", "IProgressMonitor", "Dims"):
        assert getattr(double, name) is getattr(real, name)

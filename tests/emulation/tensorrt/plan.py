"""The plans of TensorRT's double: a header, and the ONNX model."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from onnx import TensorProto

from tests.emulation.tensorrt.bindings import real_bindings

MAGIC = b"DOUBLE\0\1"
_real = real_bindings()
DTYPES = {
    TensorProto.FLOAT: _real.DataType.FLOAT, TensorProto.FLOAT16: _real.DataType.HALF,
    TensorProto.UINT8: _real.DataType.UINT8,
}  # fmt: skip
NUMPY = {_real.DataType.FLOAT: np.float32, _real.DataType.HALF: np.float16, _real.DataType.UINT8: np.uint8}


@dataclass(frozen=True)
class Head:
    """What a plan knows beside its network."""

    version: str
    outputs: list[str]
    profiles: list[dict[str, list[tuple[int, ...]]]]
    workspace: int
    flags: list[str]


def write_plan(head: Head, model: Any) -> bytes:
    """A plan as bytes."""
    text, network = json.dumps(asdict(head)).encode(), model.SerializeToString()
    return MAGIC + struct.pack("<II", len(text), len(network)) + text + network


def read_plan(plan: bytes) -> tuple[Head, bytes]:
    """Its header and its network; raises ValueError with TensorRT's complaint."""
    if plan[:8] != MAGIC:
        raise ValueError("[runtime.cpp::deserialize::1] Error Code 1: Serialization (magic tag does not match)")
    text_bytes, network_bytes = struct.unpack_from("<II", plan, 8)
    if len(plan) != 16 + text_bytes + network_bytes:
        raise ValueError("[runtime.cpp::deserialize::2] Error Code 1: Serialization (the plan is truncated)")
    return Head(**json.loads(plan[16 : 16 + text_bytes])), plan[16 + text_bytes :]


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape that an ONNX value declares, -1 where it is free."""
    return tuple(d.dim_value if d.HasField("dim_value") else -1 for d in value.type.tensor_type.shape.dim)

"""Tiny generators for tests, made with onnx's own text-free helpers: real files, real cards, known arithmetic."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from gpu_core.neural.signature import InputTensor, OutputTensor, Signature

SIZE = 64
PAIR = Signature(
    (InputTensor("pair", ("texture", "render"), width=SIZE, height=SIZE),),
    OutputTensor("face", width=SIZE, height=SIZE),
)


def save_network(folder: Path, name: str = "tiny", contract: str = "0", **changes: Any) -> Path:
    """A generator that answers with the render image, red and blue as they are, green halved, and alpha 1.

    `changes` replace entries of its card.
    """
    weight = np.zeros((4, 6, 1, 1), np.float32)
    weight[0, 3], weight[1, 4], weight[2, 5] = 1.0, 0.5, 1.0
    bias = np.array([0.0, 0.0, 0.0, 1.0], np.float32)
    graph = helper.make_graph(
        [helper.make_node("Conv", ["pair", "weight", "bias"], ["face"])],
        "tiny",
        [helper.make_tensor_value_info("pair", TensorProto.FLOAT, ["batch", 6, SIZE, SIZE])],
        [helper.make_tensor_value_info("face", TensorProto.FLOAT, ["batch", 4, SIZE, SIZE])],
        [numpy_helper.from_array(weight, "weight"), numpy_helper.from_array(bias, "bias")],
    )
    path = folder / f"{name}.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    path.with_suffix(".json").write_text(json.dumps(card_for(path, contract) | changes))
    return path


def card_for(path: Path, contract: str) -> dict[str, Any]:
    """A complete card of a network file that `save_network` made."""
    return {
        "schema": 2,
        "name": path.stem,
        "sha256": sha256(path),
        "contract": contract,
        "precision": "fp32",
        "signature": PAIR.to_dict(),
    }


def sha256(path: Path) -> str:
    """The hash of a file as cards have it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()

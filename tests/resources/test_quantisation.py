"""The recipe's smaller files: FP16 throughout, and int8 whose rounding is made up for."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto

sys.path.insert(0, str(Path(__file__).parents[2] / "resources" / "recipes"))
from generator_recipe.quantisation import write_fp16, write_int8
from generator_recipe.rounding import output_errors, round_weights

from tests.networks import SIZE, save_network


@pytest.fixture
def pictures():
    """(3, 6, 64, 64) bytes."""
    return np.random.default_rng(0).integers(0, 256, (3, 6, SIZE, SIZE), np.uint8)


def test_fp16_is_fp16_throughout(tmp_path):
    path = write_fp16(save_network(tmp_path))
    graph = onnx.load(path).graph
    assert path.name == "tiny.fp16.onnx"
    assert {tensor.data_type for tensor in graph.initializer} == {TensorProto.FLOAT16}
    values = [*graph.input, *graph.output]
    assert {value.type.tensor_type.elem_type for value in values} == {TensorProto.FLOAT16}
    assert not [node for node in graph.node if node.op_type == "Cast"]


def test_int8_answers_nearly_as_fp32_for_any_batch(tmp_path, pictures):
    original = save_network(tmp_path)
    path = write_int8(original, pictures)
    pair = pictures / np.float32(255)
    exact, made = (ort.InferenceSession(str(file)).run(None, {"pair": pair})[0] for file in (original, path))
    assert path.name == "tiny.int8.onnx"
    assert made.shape == exact.shape == (3, 4, SIZE, SIZE)
    assert 0 < np.abs(made - exact).max() < 0.01


def test_int8_holds_its_weights_in_eight_bits_with_a_step_an_output(tmp_path, pictures):
    graph = onnx.load(write_int8(save_network(tmp_path), pictures)).graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    assert tensors["weight.int8"].data_type == TensorProto.INT8
    assert list(tensors["weight.step"].dims) == [4]
    assert "weight" not in tensors


def test_layers_near_the_picture_stay_float(tmp_path, pictures):
    path = save_network(tmp_path)
    model = onnx.load(path)
    model.graph.node[0].name = "/network/head/Conv"
    onnx.save(model, path)
    graph = onnx.load(write_int8(path, pictures)).graph
    assert [node.op_type for node in graph.node] == ["Conv"]


def test_errors_are_made_up_for_where_inputs_are_alike():
    """Two nearly equal inputs: what one weight's rounding loses, the other's gives back."""
    chance = np.random.default_rng(0)
    shared = chance.normal(size=(1000, 1))
    seen = shared + 0.1 * chance.normal(size=(1000, 8))
    weights, gram = chance.normal(size=(16, 8)), seen.T @ seen / 1000
    rounded, steps = round_weights(weights, gram)
    widest = np.abs(weights).max(axis=1, keepdims=True) / 127
    nearest = np.round(weights / widest) * widest
    made_up = output_errors(rounded * steps[:, None] - weights, gram).sum()
    assert made_up < 0.5 * output_errors(nearest - weights, gram).sum()

"""The recipe's smaller files: FP16 throughout, and int8 whose rounding is made up for."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper

sys.path.insert(0, str(Path(__file__).parents[2] / "resources" / "recipes"))
from generator_recipe.quantisation import write_fp16, write_int8
from generator_recipe.rounding import output_errors, round_weights
from generator_recipe.simplification import simplify

from tests.networks import SIZE, save_graph, save_network, tensor


@pytest.fixture
def pictures():
    """(3, 6, 64, 64) bytes."""
    return np.random.default_rng(0).integers(0, 256, (3, 6, SIZE, SIZE), np.uint8)


def run(path, pair):
    """What a network's file makes of its input."""
    options = ort.SessionOptions()
    options.log_severity_level = 3
    return ort.InferenceSession(str(path), options).run(None, {"pair": pair})[0]


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
    exact = run(original, pictures / np.float32(255))
    made = run(path, np.ascontiguousarray(pictures.transpose(0, 2, 3, 1)))
    assert path.name == "tiny.int8.onnx"
    assert made.dtype == np.uint8
    assert made.shape == (3, SIZE, SIZE, 4)
    assert np.abs(made.transpose(0, 3, 1, 2) / 255 - np.clip(exact, 0, 1)).max() < 0.01


def test_int8_holds_its_weights_in_eight_bits_with_a_step_an_output(tmp_path, pictures):
    graph = onnx.load(write_int8(save_network(tmp_path), pictures)).graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    assert tensors["weight.int8"].data_type == TensorProto.INT8
    assert list(tensors["weight.step"].dims) == [4]
    assert "weight" not in tensors


def test_layers_near_the_picture_stay_float(tmp_path, pictures):
    path = save_network(tmp_path)
    model = onnx.load(path)
    model.graph.node[0].name = "/network/decode.0/decode.0.0/first/Conv"
    onnx.save(model, path)
    graph = onnx.load(write_int8(path, pictures)).graph
    assert [node.op_type for node in graph.node if "Linear" in node.op_type] == []


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


# ---- a small network of the generator's own form -------------------------------------------------------------------

IDLE = 20  # of a block's 32 inner channels


def save_generator(folder):
    """Fold, a residual block with idle channels, concatenation with the folded picture, head, unfold, clamp."""
    chance = np.random.default_rng(1)
    fold = np.zeros((24, 6, 2, 2), np.float32)
    for channel in range(24):
        fold[channel, channel // 4, channel % 4 // 2, channel % 2] = 1
    first, bias = chance.normal(0, 0.1, (32, 24, 3, 3)), np.full(32, 0.1)
    bias[:IDLE] = -100
    head = chance.normal(0, 0.003, (16, 48, 3, 3))
    for output in range(12):
        head[output, 24 + 12 + output, 1, 1] = 0.9  # the render image passes
    tensors = {
        "network.fold.weight": fold,
        "network.encode.1.0.first.weight": first, "network.encode.1.0.first.bias": bias,
        "network.encode.1.0.second.weight": chance.normal(0, 0.02, (24, 32, 3, 3)),
        "network.encode.1.0.second.bias": np.zeros(24),
        "network.head.weight": head, "network.head.bias": np.full(16, 0.05), "zero": np.zeros(()), "one": np.ones(()),
    }  # fmt: skip

    def conv(source, name, output, *, bias=True, **how):
        inputs = [source, f"network.{name}.weight", *([f"network.{name}.bias"] if bias else [])]
        return helper.make_node("Conv", inputs, [output], name=f"/network/{name}/Conv", **how)

    nodes = [
        conv("pair", "fold", "folded", bias=False, strides=[2, 2]),
        conv("folded", "encode.1.0.first", "inner", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["inner"], ["passed"]),
        conv("passed", "encode.1.0.second", "outer", pads=[1, 1, 1, 1]),
        helper.make_node("Add", ["folded", "outer"], ["sum"]),
        helper.make_node("Concat", ["sum", "folded"], ["both"], axis=1),
        conv("both", "head", "made", pads=[1, 1, 1, 1]),
        helper.make_node("DepthToSpace", ["made"], ["unfolded"], blocksize=2, mode="CRD"),
        helper.make_node("Clip", ["unfolded", "zero", "one"], ["face"]),
    ]
    ends = [tensor("pair", ["batch", 6, SIZE, SIZE])], [tensor("face", ["batch", 4, SIZE, SIZE])]
    return save_graph(folder / "small.onnx", nodes, *ends, {k: np.asarray(v, np.float32) for k, v in tensors.items()})


def test_leaving_out_idle_channels_changes_nothing(tmp_path, pictures):
    path = save_generator(tmp_path)
    model, before = onnx.load(path), run(path, pictures / np.float32(255))
    simplify(model, pictures)
    widths = {t.name: tuple(t.dims) for t in model.graph.initializer}
    assert widths["network.encode.1.0.first.weight"] == (16, 24, 3, 3), "12 at work, in whole groups of 16"
    assert widths["network.encode.1.0.second.weight"] == (24, 16, 3, 3)
    onnx.save(model, path)
    np.testing.assert_allclose(run(path, pictures / np.float32(255)), before, atol=1e-5)


def test_the_picture_passes_int8_unharmed(tmp_path, pictures):
    """A network that passes the render image on: rounded weights of one step would be off by half a byte and more."""
    path = save_generator(tmp_path)
    exact = np.clip(run(path, pictures / np.float32(255)), 0, 1)
    small = write_int8(path, pictures)
    made = run(small, np.ascontiguousarray(pictures.transpose(0, 2, 3, 1))).transpose(0, 3, 1, 2) / 255
    assert np.sqrt(np.mean((made - exact) ** 2)) < 0.4 / 255
    graph = onnx.load(small).graph
    assert not [node for node in graph.node if node.op_type == "Concat"]
    assert [node.attribute for node in graph.node if node.op_type == "DepthToSpace"]

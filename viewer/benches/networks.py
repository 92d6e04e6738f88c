"""A generator in one precision as a plain function of tensors, for measuring: exact, synchronous, two threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.errors import MienError
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.signature import OutputTensor
from gpu_core.openvino_import import cpu_capabilities, float_arithmetic, import_openvino
from viewer.benches.half_rounding import rounded_network

Run = Callable[[Sequence[NDArray[Any]]], NDArray[Any]]  # inputs with a batch axis -> output with one
THREADS = 2
MEANS = {
    "fp32": "ONNX Runtime",
    "bf16": "OpenVINO",
    "fp16": "rounding simulated on the CPU",
    "int8": "OpenVINO where there is one, else ONNX Runtime",
}


def precisions(model: GeneratorModel) -> list[str]:
    """What this machine can show of a generator; FP32, the reference, first."""
    found = [model.precision]
    if model.precision == "fp32":
        found += (
            ["fp16"] + (["bf16"] if "BF16" in _capabilities() else []) + (["int8"] if model.variant("int8") else [])
        )
    return found


def open_network(model: GeneratorModel, precision: str) -> Run:
    """The function that runs `model` in `precision`.

    Raises:
        MienError: the engine or a package for it is missing, or the network does not run.
    """
    if precision == "bf16":
        return _openvino(model, "bf16")
    if precision == "int8":
        quantised = model.variant("int8") or model
        return (
            _openvino(quantised, float_arithmetic("int8"))
            if _capabilities()
            else _onnxruntime(model, str(quantised.path))
        )
    if precision == "fp16":
        return _onnxruntime(model, rounded_network(model.path), exact=True)
    return _onnxruntime(model, str(model.path))


def to_picture(tensor: NDArray[Any], said: OutputTensor, cover: NDArray[np.float32]) -> NDArray[np.float32]:
    """An output tensor's first picture as (H, W, 4) premultiplied floats 0..1; `cover` is alpha where it makes none."""
    picture = np.asarray(tensor[0] if said.layout == "NHWC" else np.moveaxis(tensor[0], 0, -1), np.float32)
    colours, alpha = picture[..., :3], picture[..., 3:] if said.channels == 4 else cover[..., None]
    if said.dtype == "uint8":
        colours, alpha = colours / np.float32(255), alpha / np.float32(255 if said.channels == 4 else 1)
    else:
        colours = colours * np.asarray(said.std, np.float32) + np.asarray(said.mean, np.float32)
        if len(said.mean) == len(said.std) == 1 and said.channels == 4:  # three numbers are for colours alone
            alpha = alpha * np.asarray(said.std, np.float32) + np.asarray(said.mean, np.float32)
    if said.order == "bgr":
        colours = colours[..., ::-1]
    alpha = np.clip(alpha, 0, 1)
    if not said.premultiplied:
        colours = colours * alpha
    return np.concatenate([np.clip(colours, 0, 1), alpha], axis=-1)


def _onnxruntime(model: GeneratorModel, source: str | bytes, *, exact: bool = False) -> Run:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.log_severity_level = 3
    if exact:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        session = ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own exceptions derive from Exception alone
        raise MienError(f"ONNX Runtime cannot load {model.path.name}: {error}") from error
    names, output = [said.name for said in model.signature.inputs], model.signature.output.name

    def run(tensors: Sequence[NDArray[Any]]) -> NDArray[Any]:
        result: NDArray[Any] = session.run([output], dict(zip(names, tensors, strict=True)))[0]
        return result

    return run


def _openvino(model: GeneratorModel, hint: str) -> Run:
    core = import_openvino().Core()
    options = {"INFERENCE_NUM_THREADS": THREADS, "INFERENCE_PRECISION_HINT": hint, "PERFORMANCE_HINT": "LATENCY"}
    try:
        network = core.read_model(model.path)
        # As the application does. With a free batch axis OpenVINO 2026.4 computed an int8 network wrong (15 dB).
        network.reshape({said.name: [1, *said.shape] for said in model.signature.inputs})
        request = core.compile_model(network, "CPU", options).create_infer_request()
    except RuntimeError as error:
        raise MienError(f"OpenVINO cannot load {model.path.name}: {error}") from error
    names, output = [said.name for said in model.signature.inputs], model.signature.output.name

    def run(tensors: Sequence[NDArray[Any]]) -> NDArray[Any]:
        request.infer(dict(zip(names, tensors, strict=True)))
        return np.array(request.get_tensor(output).data)

    return run


def _capabilities() -> frozenset[str]:
    """What OpenVINO computes in on this processor; empty without OpenVINO."""
    try:
        return cpu_capabilities()
    except ImportError:
        return frozenset()

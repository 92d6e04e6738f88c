"""One engine at work in a process of its own: `python -m viewer.benches.engine_row JSON` prints what it took as JSON.

A process each, because ONNX Runtime's threads go on spinning after a run and would slow down whoever is next, and
because a peak of memory belongs to a process. PyTorch is in the recipes' environment alone: run with its interpreter.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Tensors = dict[str, NDArray[Any]]
Step = Callable[[], object]


def main(argument: str) -> None:
    """Measure what the JSON object asks for: engine, precision, path, inputs, threads, warm_up, runs.

    Inputs are noise unless `inputs_file` names an .npz of them; the first output goes into `output`, a .npy, if named.
    """
    asked = json.loads(argument)
    keep_to_cores(asked["threads"])
    tensors = _tensors(asked)  # held on to: an engine may only borrow them
    step = ENGINES[asked["engine"]](Path(asked["path"]), asked["precision"], asked["threads"], tensors)
    for _ in range(asked["warm_up"]):
        step()
    cores = time.process_time()
    times = [_timed_ms(step) for _ in range(asked["runs"])]
    core_ms = (time.process_time() - cores) * 1e3 / asked["runs"]
    if asked.get("output"):
        np.save(asked["output"], first_output(step()))
    json.dump({"times_ms": times, "core_ms": core_ms, "peak_mb": peak_mb()}, sys.stdout)


def _tensors(asked: dict[str, Any]) -> Tensors:
    if asked.get("inputs_file"):
        with np.load(asked["inputs_file"]) as file:
            return {name: file[name] for name in file.files}
    chance = np.random.default_rng(0)
    return {name: _picture(chance, shape, dtype) for name, shape, dtype in asked["inputs"]}


def first_output(result: Any) -> NDArray[Any]:
    """What a step has given back, whoever's it was: a list, a tensor, or outputs by name."""
    if isinstance(result, list):
        result = result[0]
    elif not hasattr(result, "numpy"):
        result = next(iter(result.values()))
    return np.asarray(result)


def keep_to_cores(count: int) -> None:
    """Let this process run on `count` cores alone, where the system can do that."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def peak_mb() -> float:
    """The most memory that this process has held, in MB (10^6 bytes)."""
    try:
        # getrusage would start from what the parent held when it forked.
        status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        return int(status["VmHWM"].split()[0]) * 1024 / 1e6
    except (OSError, KeyError, ValueError):
        pass
    import psutil

    memory = psutil.Process().memory_info()
    if hasattr(memory, "peak_wset"):
        return float(memory.peak_wset / 1e6)
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # macOS counts bytes


def _timed_ms(step: Step) -> float:
    start = time.perf_counter_ns()
    step()
    return (time.perf_counter_ns() - start) / 1e6


def _picture(chance: np.random.Generator, shape: list[int], dtype: str) -> NDArray[Any]:
    bytes_ = chance.integers(0, 256, shape, np.uint8)
    return bytes_ if dtype == "uint8" else (bytes_ / np.float32(255)).astype(dtype)


def _openvino(path: Path, precision: str, threads: int, tensors: Tensors) -> Step:
    from gpu_core.openvino_import import float_arithmetic, import_openvino

    ov = import_openvino()
    core = ov.Core()
    network = core.read_model(path)
    network.reshape({name: list(tensor.shape) for name, tensor in tensors.items()})
    hint = float_arithmetic(precision)
    options = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": hint, "PERFORMANCE_HINT": "LATENCY"}
    request = core.compile_model(network, "CPU", options).create_infer_request()
    for name, tensor in tensors.items():
        request.set_tensor(name, ov.Tensor(tensor, shared_memory=True))
    return lambda: request.infer()


def _onnxruntime(path: Path, _precision: str, threads: int, tensors: Tensors) -> Step:
    import onnxruntime as ort

    options = ort.SessionOptions()  # every default but the number of threads: with more of them than cores it crawls
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, tensors)


def _torch(path: Path, _precision: str, threads: int, tensors: Tensors) -> Step:
    import torch

    from viewer.benches.torch_network import TorchNetwork

    torch.set_num_threads(threads)
    network = TorchNetwork(path)
    given = {name: torch.from_numpy(tensor) for name, tensor in tensors.items()}
    return lambda: network(given)


ENGINES: dict[str, Callable[[Path, str, int, Tensors], Step]] = {
    "OpenVINO": _openvino,
    "ONNX Runtime": _onnxruntime,
    "PyTorch eager": _torch,
}

if __name__ == "__main__":
    main(sys.argv[1])

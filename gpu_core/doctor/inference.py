"""The engines that infer on the CPU, and the way the pixels take to the generator."""

from __future__ import annotations

from gpu_core.doctor.finding import Finding, version_of
from gpu_core.doctor.nvidia import chosen_by_cuda
from gpu_core.doctor.surroundings import Surroundings
from gpu_core.doctor.trial import Trial
from gpu_core.openvino_import import cpu_capabilities


def openvino() -> Finding:
    """OpenVINO on the CPU, and whether it computes in bfloat16 here."""
    try:
        computes_in = cpu_capabilities()
    except ImportError as error:
        remedy = "none needed: ONNX Runtime takes over, at about half the speed"
        return Finding("openvino", False, "none", str(error), remedy, needed=False)
    return Finding("openvino", True, f"{version_of('openvino')}, CPU: {', '.join(sorted(computes_in))}", needed=False)


def onnx_runtime() -> Finding:
    """ONNX Runtime and its providers."""
    try:
        import onnxruntime
    except ImportError as error:
        return Finding("onnxruntime", False, "none", str(error), "pip install onnxruntime")
    providers = (name.removesuffix("ExecutionProvider") for name in onnxruntime.get_available_providers())
    return Finding("onnxruntime", True, f"{onnxruntime.__version__}, providers: {', '.join(providers)}")


def chosen_path(trial: Trial, around: Surroundings) -> Finding:
    """The way pixels take to the generator with `--path auto`, and why."""
    on_cuda, why_not = chosen_by_cuda(trial, around)
    return Finding("path", True, on_cuda or f"{_on_cpu()}; not cuda: {why_not}")


def _on_cpu() -> str:
    """As `gpu_core.neural.precisions.file_to_run` chooses with precision auto."""
    engine = openvino()
    if not engine.ok:
        return f"host, ONNX Runtime fp32 (no OpenVINO: {engine.reason})"
    if "BF16" in engine.value:
        return "host, OpenVINO bf16 (this CPU computes in bfloat16)"
    return "host, OpenVINO int8 where a generator has an INT8 file, else fp32 (this CPU has no bfloat16)"

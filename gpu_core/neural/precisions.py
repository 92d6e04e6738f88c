"""In which precisions a generator can run here: which file that takes, and the reason for each "no".

The paths ask this before they open anything, and the window for its menu: it needs no OpenGL, only files, and OpenVINO
and the driver once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gpu_core.cuda.driver import probe
from gpu_core.errors import PathUnavailable
from gpu_core.neural.model import GeneratorModel
from gpu_core.openvino_import import cpu_capabilities
from gpu_core.plans.backend import is_installed
from gpu_core.settings import EngineSettings

PRECISIONS = ("auto", "fp32", "bf16", "int8", "fp16")
ON_CPU = PRECISIONS[:4]  # the host path's; fp16 is a GPU's
ON_GPU = ("fp32", "fp16")


def precisions(model: GeneratorModel | None, settings: EngineSettings) -> Mapping[str, str]:
    """For each precision that there might be "", or why this generator cannot run in it here.

    Where there is an NVIDIA GPU, FP32 and FP16 are its; BF16 and INT8 stay the processor's. It reads files and asks the
    driver: keep it off threads that must not wait.
    """
    has_gpu = settings.path == "cuda" or (settings.path == "auto" and is_installed() and not probe().problem)
    names = PRECISIONS if has_gpu else ON_CPU
    if model is None:
        return dict.fromkeys(names, "there is no generator for this face")
    return {name: _reason_against(model, replace(settings, precision=name), has_gpu) for name in names}


def _reason_against(model: GeneratorModel, settings: EngineSettings, has_gpu: bool) -> str:
    if settings.precision == "auto":
        return ""  # whatever there is will do
    is_gpus = settings.path == "cuda" or (has_gpu and settings.precision in ON_GPU)
    try:
        (file_for_gpu if is_gpus else file_to_run)(model, settings)
    except PathUnavailable as reason:
        return str(reason)
    return ""


def file_to_run(model: GeneratorModel, settings: EngineSettings) -> GeneratorModel:
    """The file that `settings.precision` asks a CPU to run: the model itself, or its INT8 variant.

    `auto` takes the fastest whose FLIP against FP32 stays under 0.010: INT8 by OpenVINO, whose float layers run in bf16
    where the processor has it; bf16 where there is no INT8 file. ONNX Runtime ran INT8 slower than FP32. See
    resources/models/README.md.

    Raises:
        PathUnavailable: nobody has that precision, or no CPU runs it.
    """
    wanted = settings.precision
    if wanted not in PRECISIONS:
        raise PathUnavailable(f"unknown precision {wanted!r}: choose one of {', '.join(PRECISIONS)}")
    if wanted == "fp16":
        raise PathUnavailable("fp16 is for GPUs, no CPU here computes in it; choose bf16, fp32 or auto")
    if wanted in ("fp32", "bf16") and model.precision == "int8":
        raise PathUnavailable(f"{model.path.name} is an int8 file, which runs as it is; choose auto")
    if wanted == "bf16":
        _refuse_bf16(settings.inference)
    if wanted in ("fp32", "bf16") or (wanted == "auto" and not _int8_pays(settings.inference)):
        return model
    quantised = model.variant("int8")
    if quantised is None and wanted == "int8":
        name = model.path.with_suffix(".int8.onnx").name
        raise PathUnavailable(f"{model.name} has no int8 version (it would be {name}); choose auto")
    return quantised or model


def file_for_gpu(model: GeneratorModel, settings: EngineSettings) -> GeneratorModel:
    """The file that `settings.precision` asks an NVIDIA GPU to run; `auto` takes FP16 where there is an FP16 file.

    Plans are strongly typed: the file's types are the arithmetic.

    Raises:
        PathUnavailable: the generator has no file in that precision, or it is one of a CPU's.
    """
    wanted = settings.precision
    if wanted not in PRECISIONS:
        raise PathUnavailable(f"unknown precision {wanted!r}: choose one of {', '.join(PRECISIONS)}")
    if wanted in ("bf16", "int8"):
        raise PathUnavailable(f"{wanted} is the CPU's; the NVIDIA path takes fp16, fp32 or auto")
    if wanted == "fp32" and model.precision != "fp32":
        raise PathUnavailable(f"{model.path.name} is an {model.precision} file, which runs as it is; choose auto")
    half = model.variant("fp16") if wanted in ("auto", "fp16") else None
    if wanted == "fp16" and half is None:
        name = model.path.with_suffix(".fp16.onnx").name
        raise PathUnavailable(f"{model.name} has no fp16 version (it would be {name}); choose auto")
    return half or model


def _int8_pays(inference: str) -> bool:
    """True where INT8 is the fastest precision that looks like FP32: by OpenVINO, on a processor with such products."""
    try:
        return inference != "onnxruntime" and "INT8" in cpu_capabilities()
    except ImportError:
        return False


def _refuse_bf16(inference: str) -> None:
    """Raise PathUnavailable unless that engine, on this processor, computes in bf16."""
    if inference == "onnxruntime":
        raise PathUnavailable("ONNX Runtime has no bf16 on the CPU; choose OpenVINO, or fp32")
    try:
        if "BF16" not in cpu_capabilities():
            raise PathUnavailable("this processor has no bf16 instructions; choose fp32 or auto")
    except ImportError as error:
        text = f"OpenVINO is not installed here ({error}), and ONNX Runtime has no bf16 on the CPU; choose fp32 or auto"
        raise PathUnavailable(text) from error

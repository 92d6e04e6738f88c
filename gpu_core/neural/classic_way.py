"""How the classic path comes about: on a GPU with an FP32 plan where there is one, else on the CPU, and why."""

from __future__ import annotations

from dataclasses import replace

from gpu_core.errors import CudaError, PathUnavailable, PlanError
from gpu_core.neural.auto_path import AutoPath
from gpu_core.neural.classic_networks import PlanNetwork, SessionNetwork
from gpu_core.neural.classic_path import ClassicPath, refusal
from gpu_core.neural.cuda_way import PlannedCuda
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.path import NeuralPath
from gpu_core.settings import EngineSettings


class PlannedClassic(PlannedCuda):
    """The same device and plan as the NVIDIA path has, for the classic one. It has no tiers."""

    def _path(self, plan: bytes, below: str, why: str) -> ClassicPath:
        network = PlanNetwork(self._model, self._settings, self._cuda, self._backend, plan)
        return ClassicPath(self._model, self._settings, network, reason=why or "chosen by hand")


def open_classic(model: GeneratorModel, settings: EngineSettings) -> NeuralPath:
    """Open the baseline. While a plan is built for the GPU, and after it failed, it runs on the CPU and says so.

    Whoever chooses ONNX Runtime has the CPU's.

    Raises:
        PathUnavailable: the generator or the settings are none that this baseline knows.
    """
    if why := refusal(model, settings):
        raise PathUnavailable(why)

    def on_cpu(reason: str) -> ClassicPath:
        return ClassicPath(model, settings, SessionNetwork(model, settings), reason)

    if settings.inference == "onnxruntime":
        return on_cpu("chosen by hand")
    try:
        on_gpu = PlannedClassic(model, replace(settings, precision="fp32"))
    except (PathUnavailable, PlanError, CudaError) as reason:
        return on_cpu(f"chosen by hand ({reason})")
    return AutoPath(on_gpu, on_cpu, depth=1)

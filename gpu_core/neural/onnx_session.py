"""Opening a network with ONNX Runtime on the CPU, loaded late since not all need it; and networks of a fixed batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gpu_core.errors import ModelError, PathUnavailable
from gpu_core.neural.inspection import one_line
from gpu_core.neural.model import GeneratorModel
from gpu_core.settings import EngineSettings

if TYPE_CHECKING:
    from onnxruntime import SessionOptions


def open_session(model: GeneratorModel, settings: EngineSettings, options: SessionOptions) -> Any:
    """A session that takes batches of `settings.faces`. What fails is raised and told once: `options` log no more.

    Raises:
        ModelError: the network does not load.
        PathUnavailable: it takes batches of another size.
    """
    import onnxruntime as ort

    options.log_severity_level = 4
    try:
        session = ort.InferenceSession(str(model.path), options, providers=["CPUExecutionProvider"], enable_fallback=0)
    except Exception as error:  # ONNX Runtime's own exceptions derive from Exception alone
        raise ModelError(f"ONNX Runtime cannot load {model.path.name}: {one_line(str(error))}") from error
    for declared in session.get_inputs():
        refuse_fixed_batch(declared.shape[0], model, settings)
    return session


def refuse_fixed_batch(batch: object, model: GeneratorModel, settings: EngineSettings) -> None:
    """Raise PathUnavailable if `batch`, as the network declares it, is a number and not the one that was asked for."""
    if isinstance(batch, int) and batch != settings.faces:
        raise PathUnavailable(
            f"{model.path.name} takes {batch} {'picture' if batch == 1 else 'pictures'} at a time, "
            f"{settings.faces} {'face was' if settings.faces == 1 else 'faces were'} asked for: "
            "export it with a free batch axis"
        )

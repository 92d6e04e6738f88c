"""What can go wrong in the engine, as one tree.

    MienError                 every error a user can answer; its text is one clear line
    ├── AssetError            a face file is broken or unsuitable
    ├── ModelError            a generator or its card is broken, or does not fit
    │   └── SignatureNeeded   it is sound, but nothing says what its tensors mean (in gpu_core.neural.model)
    ├── ExpressionError       an unknown shape name, or a value that is not a number
    ├── GLError               no usable OpenGL
    │   └── ShaderError       a shader does not compile; carries the whole log
    ├── PathUnavailable       a neural path cannot run here; the text is the reason
    └── InferenceError        the generator failed while running

Messages say what was wrong, where, and what to do about it.
"""


class MienError(Exception):
    """Base of every error that is answered with one line instead of a traceback."""


class AssetError(MienError):
    """A face file is broken, or is no face with ARKit blendshapes."""


class ModelError(MienError):
    """A generator file or its card is broken, or does not fit."""


class ExpressionError(MienError):
    """A blendshape name nobody knows, or a weight that is not a number."""


class GLError(MienError):
    """OpenGL is missing, too old, or refused something the renderer needs."""


class ShaderError(GLError):
    """A shader did not compile or link. `log` holds the driver's whole log."""

    def __init__(self, name: str, log: str) -> None:
        super().__init__(f"shader {name} does not compile: {log.strip()}")
        self.log = log


class PathUnavailable(MienError):
    """A neural path cannot run on this machine; the text is the reason shown to the user."""


class InferenceError(MienError):
    """The generator failed on a batch."""

"""What can go wrong in the engine, as one tree.

    MienError                 every error a user can answer; its text is one clear line
    ├── AssetError            a face file is broken or unsuitable
    ├── ModelError            a generator or its card is broken, or does not fit
    │   └── SignatureNeeded   it is sound, but nothing says what its tensors mean (in gpu_core.neural.model)
    ├── SettingsError         an engine's setting has a value that there is not
    ├── ExpressionError       an unknown shape name, or a value that is not a number
    ├── GLError               no usable OpenGL
    │   └── ShaderError       a shader does not compile; carries the whole log
    ├── PathUnavailable       a neural path cannot run here; the text is the reason
    ├── InferenceError        the generator failed while running
    ├── CudaError             a call of the CUDA driver failed: which, and with what code
    ├── MpsError              the daemon of CUDA's multi-process service cannot be started, asked or stopped
    └── PlanError             TensorRT cannot build, load or run a plan; carries its own log
        └── PlanCancelled     somebody cancelled the build

Messages say what was wrong, where, and what to do about it.
"""


class MienError(Exception):
    """Base of every error that is answered with one line instead of a traceback."""


class AssetError(MienError):
    """A face file is broken, or is no face with ARKit blendshapes."""


class ModelError(MienError):
    """A generator file or its card is broken, or does not fit."""


class SettingsError(MienError):
    """A setting of the engine has a value that it cannot have; the text names both, and what it can."""


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


# cuda.h: errors after which the process's CUDA context answers every call with the same error.
_STICKY = frozenset({214, 220, 226, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719, 721, 810})
_UNKNOWN = 999  # sticky, unless OpenGL interop answers it: VirtualGL's way of saying no
_OUT_OF_MEMORY = 2


def is_sticky_code(code: int) -> bool:
    """True for a CUresult that costs a process its CUDA context, whatever call answered it."""
    return code in _STICKY


class CudaError(MienError):
    """A call of the CUDA driver failed.

    Attributes:
        call: the driver's function, such as "cuGraphicsMapResources".
        code: the CUresult, such as 304; `code_name` is its name in cuda.h.
    """

    def __init__(self, call: str, code: int, code_name: str, hint: str = "") -> None:
        super().__init__(f"{call} failed: {code_name} ({code}){f'; {hint}' if hint else ''}")
        self.call, self.code, self.code_name = call, code, code_name

    @property
    def is_sticky(self) -> bool:
        """True if CUDA is lost for this process: no call will succeed any more."""
        return is_sticky_code(self.code) or (self.code == _UNKNOWN and not self.is_interop)

    @property
    def is_interop(self) -> bool:
        """True if the passage between OpenGL and CUDA failed, not CUDA itself."""
        return self.call.startswith(("cuGraphics", "cuGL"))

    @property
    def is_out_of_memory(self) -> bool:
        """True if the GPU's memory is full."""
        return self.code == _OUT_OF_MEMORY


class MpsError(MienError):
    """MPS cannot be started, asked or stopped, or a share of it is out of its range."""


class PlanError(MienError):
    """TensorRT cannot build, load or run a plan. `log` holds what TensorRT itself said."""

    def __init__(self, text: str, log: str = "") -> None:
        super().__init__(text)
        self.log = log


class PlanCancelled(PlanError):
    """Building the plan was cancelled."""

"""The plain values that go into the engine and come out of it: all frozen, compared by value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from gpu_core.errors import SettingsError
from gpu_core.expression import NEUTRAL, Expression

if TYPE_CHECKING:
    from gpu_core.look import Look

READBACKS = ("auto", "direct", "pixel buffer")
CONVERSIONS = ("auto", "cpu", "gpu")
DEEPEST = 3  # batches in flight: more only grow older
MOST_FACES = 64
LARGEST = 4096  # pixels of one face; OpenGL's own limit is told by the framebuffer
MOST_STREAMS = 2


class View(Enum):
    """The pictures of one frame."""

    TEXTURE = "texture"  # unlit albedo
    RENDER = "render"  # shaded
    GENERATED = "generated"  # what the generator made of the two


@dataclass(frozen=True)
class Camera:
    """A square perspective camera looking along -Z. Lengths in decimetres.

    The default is the camera the ground truth was rendered with: the generator knows no other.
    """

    target: tuple[float, float, float] = (0.0, 6.56, 0.55)
    distance: float = 13.0
    half_height: float = 1.50  # at the target; vertical field of view is 2 atan(half_height / distance)


@dataclass(frozen=True)
class EngineSettings:
    """What an engine is built with. Changing one of these means building a new neural path or new targets."""

    size: int = 512  # pixels, square: what the generator was trained for
    faces: int = 1  # faces drawn into one framebuffer, inferred as one batch
    depth: int = 2  # batches in flight, 1..3
    path: str = "auto"  # auto | cuda | host | classic
    tier: str = "auto"  # auto | image | pixel buffer | host copy: no better passage than this, to compare them
    readback: str = "auto"  # auto | direct | pixel buffer: how the host path gets pictures down
    conversion: str = "auto"  # auto | cpu | gpu: who converts between pictures and tensors on the host path
    inference: str = "auto"  # auto | openvino | onnxruntime
    precision: str = "auto"  # auto | fp32 | bf16 | int8 | fp16
    threads: int = 0  # inference threads; 0: chosen for the machine
    streams: int = 0  # 0 | 1 | 2: CPU requests beside each other, that share the threads; 0: chosen for the machine
    posing: str = "auto"  # auto | cpu | gpu: who moves the vertices; auto is the GPU unless OpenGL is software

    def check(self) -> None:
        """Refuse numbers and names that no machine has; whoever opens a path or an engine looks at theirs.

        Raises:
            SettingsError: the first that is wrong, in one line.
        """
        _check_range("size", self.size, 16, LARGEST)
        _check_range("faces", self.faces, 1, MOST_FACES)
        _check_range("depth", self.depth, 1, DEEPEST)
        _check_range("streams", self.streams, 0, MOST_STREAMS)
        _check_range("threads", self.threads, 0, 1024)
        _check_choice("readback", self.readback, READBACKS)
        _check_choice("conversion", self.conversion, CONVERSIONS)


def _check_range(name: str, value: Any, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise SettingsError(f"{name} is {value!r}; a whole number from {low} to {high} is needed")


def _check_choice(name: str, value: Any, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise SettingsError(f"{name} is {value!r}; choose one of {', '.join(choices)}")


@dataclass(frozen=True)
class FrameRequest:
    """What somebody wants to see. Equal requests need no new frame."""

    expressions: tuple[Expression, ...] = (NEUTRAL,)  # one a face; a single one is every face's
    views: frozenset[View] = frozenset({View.GENERATED})
    # Whose request this is and when it was made: not part of what is drawn, so not compared.
    stamp: int = field(default=0, compare=False)
    requested_ns: int = field(default=0, compare=False)  # time.perf_counter_ns() of the input event
    by_hand: bool = field(default=False, compare=False)  # somebody waits for the answer: it gets the engine to itself
    look: Look | None = None  # camera and light of the texture and render image; None: as the generator knows them


@dataclass(frozen=True)
class StageTime:
    """One stage of one batch on one clock. `start_ns` is on the host's perf_counter clock."""

    name: str
    start_ns: int
    duration_ms: float
    clock: str = "cpu"  # cpu | gpu


@dataclass(frozen=True)
class Picture:
    """A region of a texture that holds one face, rows bottom-up as OpenGL has them, premultiplied sRGB RGBA8."""

    texture: int
    x: int
    y: int
    size: int
    texture_width: int
    texture_height: int


@dataclass(frozen=True)
class Traffic:
    """Bytes of one batch that crossed the bus between host and GPU; on software OpenGL, memory copied instead."""

    pixel_bytes: int = 0  # pictures and tensors
    host_bytes: int = 0  # all of it: pixels, poses, weights
    recorded_bytes: int = 0  # the copy a recording takes, counted on its own and in neither of the others

    def __add__(self, other: Traffic) -> Traffic:
        return Traffic(
            self.pixel_bytes + other.pixel_bytes,
            self.host_bytes + other.host_bytes,
            self.recorded_bytes + other.recorded_bytes,
        )


@dataclass(frozen=True)
class Frame:
    """One finished batch. Textures stay valid until the frame is handed back with `Engine.recycle`."""

    index: int
    request: FrameRequest
    pictures: Mapping[View, tuple[Picture, ...]]  # one Picture a face
    fence: Any  # GLsync to wait for on the GPU before sampling, or None
    set_index: int
    stages: tuple[StageTime, ...]
    finished_ns: int
    path: str
    steady: bool  # False if something was compiled or loaded on the way: kept off the statistics
    traffic: Traffic = field(default_factory=Traffic, compare=False)
    # Copies of the pictures on the host, (size, size, 4) uint8, top row first, where somebody reads them back; several
    # faces are one square.
    pixels: Mapping[View, Any] = field(default_factory=dict, compare=False)
    # What other ways through the generator made of the same request, where somebody compares: see gpu_core.rival.
    others: Mapping[Any, Any] = field(default_factory=dict, compare=False)
    submitted_ns: int = field(default=0, compare=False)  # handed to the engine; 0: not known
    in_flight: int = field(default=1, compare=False)  # batches in the pipeline at submission, itself included


@dataclass(frozen=True)
class Light:
    """A light far enough away to be a direction. `direction` points from the face to the light, `colour` is linear."""

    direction: tuple[float, float, float]
    intensity: float
    colour: tuple[float, float, float]


@dataclass(frozen=True)
class Lighting:
    """What the render image is lit with. The default copies the studio of the ground truth: key, fill and two rims.

    Directions are the area lights' centres seen from (0, 6.5, 0.6) dm; intensities were matched by eye, since a
    rasteriser has neither falloff nor soft shadows. `ambient` is (constant, share of the normal's up component).
    """

    lights: tuple[Light, ...] = (
        Light((6.5, 4.0, 10.4), 2.05, (1.0, 0.955, 0.90)),
        Light((-10.0, 0.5, 7.4), 0.62, (0.90, 0.95, 1.0)),
        Light((-6.0, 3.5, -8.6), 0.90, (0.95, 0.97, 1.0)),
        Light((8.0, 1.5, -7.6), 0.50, (1.0, 0.95, 0.90)),
    )
    ambient: tuple[float, float] = (0.20, 0.08)

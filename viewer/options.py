"""What the command line asks for, as plain values, and the parser that answers mistakes with one line."""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from gpu_core.errors import MienError

PRECISIONS = ("auto", "fp32", "bf16", "int8", "fp16")  # as gpu_core.neural.precisions has them
PATHS = ("auto", "cuda", "host", "classic")  # as gpu_core.neural.choosing has them
LAYOUTS = ("artist", "engineer")  # as viewer.window has them
PATH_HELP = (
    "the way pixels take to the generator: cuda, an NVIDIA GPU or nothing; host, the processor; classic, one frame at "
    "a time as it was done before, to compare with; auto, the best that works (default)"
)
PRECISION_HELP = "in which arithmetic: fp32 anywhere, bf16 and int8 on processors, fp16 on NVIDIA GPUs (default: auto)"


@dataclass(frozen=True)
class DesktopOptions:
    """How the window is opened. None means: what is shipped."""

    face: Path | None = None
    generator: Path | None = None
    session: Path | None = None  # a recording's folder, to be played
    take: Path | None = None  # a take's or a timeline's file, to be opened
    path: str = "auto"  # one of PATHS
    inference: str = "auto"  # auto | openvino | onnxruntime
    precision: str = "auto"  # one of PRECISIONS
    layout: str = ""  # one of LAYOUTS; "": the one that was used last
    performance: str | None = None  # name of a performance to start with
    screenshot: Path | None = None  # show for `seconds`, save the window as PNG, close
    seconds: float | None = None  # close by itself after so long
    demo: Path | None = None  # play a short performance, leave mien.png and mien.mp4 in this folder, close
    trace: Path | None = None  # write a trace while the window is open
    measure: Path | None = None  # measure the window, leave a report here, close: see viewer.bench
    measure_seconds: float = 0.0  # length of each part of the measurement; 0: only until the first picture
    measure_from: int = 0  # time.monotonic_ns() when the process was started


class Parser(argparse.ArgumentParser):
    """An argparse parser that raises MienError instead of printing its whole usage."""

    def error(self, message: str) -> NoReturn:
        """Raise `message` with the way to the help."""
        raise MienError(f"{message} (see {self.prog} --help)")


def finite(text: str) -> float:
    """A finite number, for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number")
    return value


def positive(text: str) -> float:
    """A finite number above zero, for argparse."""
    value = finite(text)
    if value <= 0.0:
        raise argparse.ArgumentTypeError(f"{text} must be more than 0")
    return value


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """The options that say what an engine is opened with."""
    model: dict[str, Any] = {"dest": "generator", "type": _onnx, "metavar": "FILE.onnx"}
    parser.add_argument("--model", **model, help="generator to use instead of the shipped one, any ONNX network")
    parser.add_argument("--generator", **model, help=argparse.SUPPRESS)  # its name before there was --model
    add_path_options(parser)


def add_path_options(parser: argparse.ArgumentParser) -> None:
    """The options that say how a generator is run."""
    parser.add_argument("--path", choices=PATHS, default="auto", help=PATH_HELP)
    parser.add_argument("--inference", choices=("auto", "openvino", "onnxruntime"), default="auto", help="who runs it")
    parser.add_argument("--precision", choices=PRECISIONS, default="auto", help=PRECISION_HELP)


def _onnx(text: str) -> Path:
    """A generator's file that is there, for argparse: a mistyped name is told before the window opens."""
    path = Path(text)
    if not path.exists():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return path

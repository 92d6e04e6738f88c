"""`mien render`: one face in one expression to a PNG file, or a take to a video; without a window and without Qt."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_core.errors import ExpressionError
from gpu_core.expression import GAZE_DOWN_DEG, GAZE_UP_DEG, GAZE_YAW_DEG, NEUTRAL, Expression
from gpu_core.settings import EngineSettings, FrameRequest, View
from viewer.clips.offline_options import add_take_options, is_take
from viewer.options import Parser, add_engine_options, finite
from viewer.picture_file import Pixels, finished, replacing, write_png
from viewer.picture_options import colour, pixels

if TYPE_CHECKING:
    from gpu_core.engine import Engine

Draw = Callable[[argparse.Namespace, Expression, Sequence[View]], list[Pixels]]

VIEWS: dict[str, tuple[View, ...]] = {
    "texture": (View.TEXTURE,),
    "render": (View.RENDER,),
    "generated": (View.GENERATED,),
    "all": (View.TEXTURE, View.RENDER, View.GENERATED),  # side by side, in the order they are made
}
LOOK_S = 0.2  # how often to look how far a plan is


def main(arguments: Sequence[str], draw: Draw | None = None) -> int:
    """Render what `arguments` ask for. `draw` stands in for the engine in tests."""
    wanted = parser()
    options = wanted.parse_args(with_signs(arguments))
    if is_take(options, wanted):
        from viewer.clips.offline import render_take

        return render_take(options)
    expression, notes = asked_expression(options)
    for note in notes:
        print(f"mien: {note}", file=sys.stderr)
    with replacing(options.out) as file:
        pictures = (draw or draw_with_engine)(options, expression, VIEWS[options.view])
        write_png(finished(pictures, options.size, options.background or None), file)
    print(options.out)
    return 0


def parser() -> Parser:
    """The options of `mien render`."""
    result = Parser(
        prog="mien render",
        usage="%(prog)s --out FILE.png [options]\n       %(prog)s TAKE --out FILE.mp4 [options]",
        description="Draw one face to a PNG file, or a take to a video, without a window.",
    )
    result.add_argument("--out", type=_out, required=True, metavar="FILE", help="FILE.png: a still; FILE.mp4: a take")
    result.add_argument("--view", choices=tuple(VIEWS), default="generated", help="which picture (default: generated)")
    result.add_argument("--size", type=pixels, metavar="N", help="pixels a side (default: as the generator makes it)")
    result.add_argument(
        "--background", type=colour, metavar="COLOUR",
        help="#rrggbb, or transparent (default of a still; a video's is dark grey)",
    )  # fmt: skip
    result.add_argument("--face", type=Path, metavar="FILE", help="face to draw instead of the shipped one")
    add_still_options(result)
    add_take_options(result)
    add_engine_options(result)
    return result


def add_still_options(parser: Parser) -> None:
    """Add what says which face a still shows: see `asked_expression`."""
    group = parser.add_argument_group("a still, as a picture")
    group.add_argument(
        "--set", action="append", default=[], metavar="SHAPE=WEIGHT", help="e.g. jawOpen=0.6; repeatable"
    )
    for angle in ("yaw", "pitch", "roll"):
        group.add_argument(f"--{angle}", type=finite, default=0.0, metavar="DEG", help=f"the head's {angle} in degrees")
    group.add_argument("--gaze", type=_gaze, metavar="YAW,PITCH", help="where the eyes look, in degrees")


def with_signs(arguments: Sequence[str]) -> list[str]:
    """Glue `--gaze -5,3` to `--gaze=-5,3`: argparse takes a leading minus for an option."""
    result: list[str] = []
    for argument in arguments:
        if result and result[-1] in ("--gaze", "--yaw", "--pitch", "--roll", "--orbit") and argument[:2] != "--":
            result[-1] += f"={argument}"
        else:
            result.append(argument)
    return result


def _out(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in (".png", ".mp4"):
        raise argparse.ArgumentTypeError(f"{text!r} does not end in .png, for a still, or .mp4, for a take")
    return path


def _gaze(text: str) -> tuple[float, float]:
    yaw, comma, pitch = text.partition(",")
    if not comma:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form YAW,PITCH")
    return finite(yaw), finite(pitch)


def asked_expression(options: argparse.Namespace) -> tuple[Expression, tuple[str, ...]]:
    """The expression asked for, within the limits, and a sentence for each value that had to move.

    Raises:
        ExpressionError: an unknown shape, or a weight that is not a number.
    """
    expression, notes = NEUTRAL, []
    if options.gaze:
        yaw, pitch = options.gaze
        within = min(max(yaw, -GAZE_YAW_DEG), GAZE_YAW_DEG), min(max(pitch, -GAZE_UP_DEG), GAZE_DOWN_DEG)
        if within != options.gaze:
            notes.append(f"gaze {yaw:g},{pitch:g} is further than eyes turn: {within[0]:g},{within[1]:g} is used")
        expression = expression.with_gaze(*within)
    expression = expression.with_weights(dict(map(_weight, options.set)))
    expression = expression.with_head(yaw=options.yaw, pitch=options.pitch, roll=options.roll)
    expression, more = expression.clamped()
    return expression, (*notes, *more)


def _weight(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), finite(value)
    except argparse.ArgumentTypeError:
        raise ExpressionError(f"--set {text}: expected SHAPE=WEIGHT with a number from 0 to 1") from None


def wait_for_plan(engine: Engine, *, for_the_best: bool = False) -> None:
    """Have the plan built that nothing stands in for, and say how far it is: a still has time.

    `for_the_best`: also the plan that something stands in for.

    Raises:
        PlanError: it cannot be built.
    """
    told = ""
    while (state := engine.path_state).building is not None and (for_the_best or not state.serving):
        phase = state.building.phase
        if phase != told:
            print(f"mien: building the TensorRT plan: {phase}", file=sys.stderr)
            told = phase
        time.sleep(LOOK_S)
        engine.collect(wait=False)  # there the path moves on


def draw_with_engine(options: argparse.Namespace, expression: Expression, views: Sequence[View]) -> list[Pixels]:
    """Draw one frame with a headless engine and read the views back."""
    from gpu_core.engine import open_engine
    from gpu_core.gl.context import headless_context

    # The engine warns of a generator that does not fit the face.
    logging.basicConfig(format="mien: %(message)s", level=logging.WARNING)
    settings = EngineSettings(path=options.path, inference=options.inference, precision=options.precision, depth=1)
    with headless_context(), open_engine(options.face, options.generator, settings) as engine:
        wait_for_plan(engine)
        frame = engine.render(FrameRequest((expression,), frozenset(views)))
        pictures = [engine.read(frame, view, face=0) for view in views]
        engine.recycle(frame)
    return pictures

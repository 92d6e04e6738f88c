"""`mien turntable`: pictures of one face from all sides into a new folder, without a window and without Qt."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_core.look import FreeCamera, Look
from gpu_core.settings import LARGEST, EngineSettings, View
from viewer.headless import add_still_options, asked_expression, wait_for_plan, with_signs
from viewer.interruptions import Interruptions
from viewer.look.backdrop import Backdrop, Background
from viewer.look.light_presets import PRESETS
from viewer.options import Parser, add_engine_options, finite
from viewer.picture_options import colour, pixels
from viewer.stills.still import StillForm
from viewer.stills.turntable import FEWEST, FORMATS, MOST, TurntableFolder, TurntableForm, draw_pose

if TYPE_CHECKING:
    from gpu_core.engine import Engine
    from gpu_core.expression import Expression

VIEWS = {view.value: view for view in (View.RENDER, View.TEXTURE, View.GENERATED)}


def main(arguments: Sequence[str]) -> int:
    """Make the turntable that `arguments` ask for."""
    from gpu_core.engine import open_engine
    from gpu_core.gl.context import headless_context

    options = parser().parse_args(with_signs(arguments))
    expression, notes = asked_expression(options)
    for note in notes:
        print(f"mien: {note}", file=sys.stderr)
    settings = EngineSettings(path=options.path, inference=options.inference, precision=options.precision, depth=1)
    form = asked_form(options)
    with TurntableFolder(form) as folder, headless_context():
        with open_engine(options.face, options.generator, settings) as engine:
            if form.view is View.GENERATED:
                wait_for_plan(engine)
            turn(engine, form, folder, expression)
        folder.finish(expression)
    print(form.folder)
    return 0


def turn(engine: Engine, form: TurntableForm, folder: TurntableFolder, expression: Expression) -> None:
    """Draw every picture; Ctrl-C is answered between two of them, and leaves nothing behind."""
    with Interruptions() as interruptions:
        for index in range(form.frames):
            interruptions.check()
            folder.write(draw_pose(engine, form, index, expression))
            if sys.stderr.isatty():
                print(f"\r{index + 1} of {form.frames} pictures", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)


def parser() -> Parser:
    """The options of `mien turntable`."""
    result = Parser(
        prog="mien turntable",
        usage="%(prog)s --out FOLDER [options]",
        description=(
            "Draw a face from all sides: the camera goes once around the render or the texture image; for the "
            "generated one the head swings within what the generator was trained for. The folder must be new."
        ),
    )
    result.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a new folder for the pictures")
    result.add_argument("--frames", type=_frames, default=36, metavar="N", help="pictures of one turn (default 36)")
    result.add_argument("--format", choices=FORMATS, default="png", help="png, straight alpha; exr, linear light")
    result.add_argument("--view", choices=tuple(VIEWS), default="render", help="which picture (default: render)")
    result.add_argument("--size", type=pixels, metavar="N", help=f"pixels a side, up to {LARGEST}")
    result.add_argument(
        "--background", type=colour, metavar="COLOUR", help="#rrggbb, or transparent, which is the default"
    )
    result.add_argument("--orbit", type=_orbit, default=(0.0, 0.0), metavar="YAW,PITCH", help="where the camera begins")
    result.add_argument("--lens", type=finite, metavar="MM", help="focal length on 35 mm film (default 104)")
    result.add_argument("--lights", choices=tuple(PRESETS), default="Studio", help="lights by name (default: Studio)")
    result.add_argument("--face", type=Path, metavar="FILE", help="face to draw instead of the shipped one")
    add_still_options(result)
    add_engine_options(result)
    return result


def asked_form(options: argparse.Namespace) -> TurntableForm:
    """What the options ask for."""
    camera = FreeCamera(yaw=options.orbit[0], pitch=options.orbit[1])
    if options.lens is not None:
        camera = camera.with_lens(FreeCamera(lens_mm=options.lens).clamped().lens_mm)
    backdrop = Backdrop(Background("colour", options.background)) if options.background else None
    look = Look(camera.clamped(), PRESETS[options.lights])
    still = StillForm((VIEWS[options.view],), options.size, backdrop, look)
    return TurntableForm(options.out, still, options.frames, options.format)


def _frames(text: str) -> int:
    if not text.isdecimal() or not FEWEST <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {FEWEST} to {MOST}")
    return int(text)


def _orbit(text: str) -> tuple[float, float]:
    yaw, comma, pitch = text.partition(",")
    if not comma:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form YAW,PITCH")
    return finite(yaw), finite(pitch)

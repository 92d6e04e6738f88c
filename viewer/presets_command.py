"""`mien presets`: which presets there are, on the command line, and all of them on one picture."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from gpu_core.settings import EngineSettings
from viewer.options import Parser, add_engine_options
from viewer.performance.presets import PresetLibrary
from viewer.picture_file import refuse_unwritable, write_whole


def main(arguments: Sequence[str]) -> int:
    """List the presets, or draw them."""
    options = parser().parse_args(list(arguments))
    library = PresetLibrary(options.folder)
    if options.sheet:
        refuse_unwritable(options.sheet)
        data = _sheet(library, options)
        write_whole(options.sheet, lambda file: file.write(data))
        print(options.sheet)
    else:
        for preset in library:
            print(f"{preset.name:<22}{preset.group:<12}{preset.title}")
    for problem in library.problems:
        print(f"not read: {problem}")
    return 0


def parser() -> Parser:
    """The options of `mien presets`."""
    result = Parser(prog="mien presets", description="List the named faces, or draw all of them on one picture.")
    result.add_argument("--sheet", type=Path, metavar="FILE.png", help="draw them as the generator makes them")
    result.add_argument(
        "--folder", type=Path, metavar="DIR", help="your own presets (default: where the window keeps them)"
    )
    result.add_argument("--face", type=Path, metavar="FILE", help="face to draw instead of the shipped one")
    add_engine_options(result)
    return result


def _sheet(library: PresetLibrary, options: argparse.Namespace) -> bytes:
    from gpu_core.engine import open_engine
    from gpu_core.gl.context import headless_context
    from viewer.headless import wait_for_plan
    from viewer.shelf.thumbnails import draw, draw_sheet

    settings = EngineSettings(path=options.path, inference=options.inference, precision=options.precision, depth=1)
    with headless_context(), open_engine(options.face, options.generator, settings) as engine:
        wait_for_plan(engine)
        return draw_sheet(tuple(library), lambda expression: draw(engine, expression))

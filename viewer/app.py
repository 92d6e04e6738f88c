"""The composition root: arguments in, exit code out.

Imports are lazy, so that `mien --help` is quick and the subcommands never load Qt.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from gpu_core.errors import MienError
from viewer.options import LAYOUTS, DesktopOptions, Parser, add_engine_options, positive

# Name on the command line, module with `main(arguments) -> int`, one line of help.
SUBCOMMANDS = {
    "render": ("viewer.headless", "draw one face to a PNG file, or a take to a video, without a window"),
    "speak": ("viewer.speak", "speak a text: a video of the face that says it"),
    "turntable": ("viewer.turntable_command", "pictures of a face from all sides, without a window"),
    "presets": ("viewer.presets_command", "list the named faces, or draw all of them on one picture"),
    "record": ("viewer.record", "record a session in real time, without a window"),
    "replay": ("viewer.replay", "render a session's expressions again, and compare"),
    "farm": ("viewer.farm_command", "takes to videos on many processes or machines, by Ray"),
    "session": ("viewer.session_command", "look whether a session is whole, or make it whole"),
    "listen": ("viewer.listen", "hear what a phone or a tracker sends, and keep it as a take"),
    "send": ("viewer.send", "send a take as a phone would, to try live capture without one"),
    "stream": ("viewer.stream", "many faces live, each pushed to a server, a file or nowhere"),
    "mps": ("viewer.mps_command", "share one NVIDIA GPU among streams at once: look, start, stop"),
    "doctor": ("viewer.doctor", "what this machine can do, and the remedy where it cannot"),
    "bench": ("viewer.bench", "measure the engine or the window"),
}
TAKES = (".csv", ".json")  # an animated .glb is taken for the face that it shows
EXIT_REFUSED, EXIT_INTERRUPTED = 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run `mien` with `argv` (default: the process's arguments) and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _prepare_environment()
    try:
        return _dispatch(arguments)
    except MienError as error:
        print(f"mien: {error}", file=sys.stderr)
        return EXIT_REFUSED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left (`mien doctor | head`); keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _prepare_environment() -> None:
    """Settings that libraries read when they are first imported."""
    # The 52-shape blend is too small for threads: with two of them a busy machine takes ten times as long.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _dispatch(arguments: list[str]) -> int:
    if arguments and arguments[0] in SUBCOMMANDS:
        module, _ = SUBCOMMANDS[arguments[0]]
        return int(importlib.import_module(module).main(arguments[1:]))
    options = _parse_desktop(arguments)
    return int(importlib.import_module("viewer.desktop").open_desktop(options))


def _desktop_parser() -> argparse.ArgumentParser:
    lines = "\n".join(f"  mien {name:<9}{text}" for name, (_, text) in SUBCOMMANDS.items())
    parser = Parser(
        prog="mien",
        description="Show a virtual human's face being generated, live.",
        epilog=f"without a window:\n{lines}\n\n`mien COMMAND --help` says more about each.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "positional_face",
        nargs="?",
        type=Path,
        metavar="FILE|DIR",
        help="face (.glb), take (.csv), timeline (.json), or a session's folder",
    )  # fmt: skip
    parser.add_argument("--face", type=Path, metavar="FILE", help="the same, as an option")
    add_engine_options(parser)
    parser.add_argument("--layout", choices=LAYOUTS, default="", help="which tools to show (default: as last time)")
    parser.add_argument("--performance", metavar="NAME", help="performance to play from the start")
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help="save the window as PNG, then close")
    parser.add_argument("--seconds", type=positive, metavar="N", help="close after N seconds")
    parser.add_argument("--trace", type=Path, metavar="FILE.json", help="trace every stage, for ui.perfetto.dev")
    parser.add_argument("--demo", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--measure-seconds", type=float, default=0.0, help=argparse.SUPPRESS)
    parser.add_argument("--measure-from", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--version", action="store_true", help="print the version and leave")
    return parser


def _parse_desktop(arguments: list[str]) -> DesktopOptions:
    parser = _desktop_parser()
    values = vars(parser.parse_args(arguments))
    if values.pop("version"):
        print(f"mien {version()}")
        raise SystemExit(0)
    positional = values.pop("positional_face")
    if positional and values["face"]:
        parser.error("the face is given twice")
    face = values.pop("face") or positional
    if positional and positional.is_dir():
        return DesktopOptions(session=positional, **values)
    if positional and positional.suffix.lower() in TAKES and positional.is_file():
        return DesktopOptions(take=positional, **values)
    if face and not face.is_file():
        parser.error(f"there is no face file {face}, nor a command of that name")
    return DesktopOptions(face=face, **values)


def version() -> str:
    """The installed version, or a word for running from an uninstalled checkout."""
    from importlib import metadata

    try:
        return metadata.version("mien")
    except metadata.PackageNotFoundError:
        return "(not installed)"

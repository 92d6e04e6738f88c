"""`mien session check DIR` and `mien session recover DIR`."""

from __future__ import annotations

import sys
from pathlib import Path

from viewer.options import Parser


def main(arguments: list[str]) -> int:
    """Look at a session, or make it whole; 0: it is whole, 1: something is missing."""
    parser = Parser(prog="mien session", description="Look at a recording, or make one whole whose writer was killed.")
    words = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    texts = {"check": "say what is missing; exit code 0: nothing, 1: something", "recover": "make it whole"}
    for word, text in texts.items():
        words.add_parser(word, help=text).add_argument("folder", type=Path, metavar="DIR", help="the session's folder")
    options = parser.parse_args(arguments)
    return _check(options.folder) if options.what == "check" else _recover(options.folder)


def _check(folder: Path) -> int:
    from viewer.sessions.checking import shortcomings

    found = shortcomings(folder)
    for sentence in found:
        sys.stdout.write(f"{folder}: {sentence}\n")
    if not found:
        sys.stdout.write(f"{folder}: whole\n")
    return int(bool(found))


def _recover(folder: Path) -> int:
    from viewer.sessions.recovering import recover

    sys.stdout.write(f"{recover(folder)}\n")
    return _check(folder)

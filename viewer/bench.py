"""`mien bench`: measure, print a table, keep the figures. What there is to measure is in `viewer.benches.kinds`.

Benchmarks are noisy: close what else runs, and compare medians from one sitting.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from gpu_core.errors import MienError
from viewer.benches.bench_file import heading, write_figures
from viewer.benches.kinds import KINDS
from viewer.options import Parser
from viewer.picture_file import refuse_unwritable


def main(arguments: list[str]) -> int:
    """Run one benchmark, print its table, and with --json write everything."""
    options = _parser().parse_args(arguments or _what_there_is())
    for path in (options.json, getattr(options, "sheet", None), getattr(options, "table", None)):
        if path:
            refuse_unwritable(path)
    figures = heading(options.kind.name) | options.kind.measure(options)
    if options.json:
        write_figures(options.json, figures)
    return 0


def _what_there_is() -> list[str]:
    """What `mien bench` alone measures: the passage that an NVIDIA GPU is there for.

    Raises:
        MienError: there is none, and nobody said what else.
    """
    from gpu_core.cuda.driver import probe

    if problem := probe().problem:
        what = f"say what to measure: {', '.join(kind.name for kind in KINDS)}"
        raise MienError(f"{what} (interop needs an NVIDIA GPU: {problem}; see mien bench --help)")
    return ["interop"]


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="mien bench", description="Measure the engine at work.")
    words = parser.add_subparsers(required=True, metavar="WHAT")
    for kind in KINDS:
        one = words.add_parser(kind.name, help=kind.help)
        kind.add_options(one)
        one.add_argument("--json", type=Path, metavar="FILE", help="also write the figures as JSON")
        one.set_defaults(kind=kind)
    return parser

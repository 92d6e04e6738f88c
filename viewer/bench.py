"""`mien bench`: measure, print a table, keep the figures. What there is to measure is in `viewer.benches.kinds`.

Benchmarks are noisy: close what else runs, and compare medians from one sitting.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from viewer.benches.bench_file import heading, write_figures
from viewer.benches.compare_command import run_compare
from viewer.benches.kinds import KINDS, interop_where_possible
from viewer.options import Parser
from viewer.picture_file import refuse_unwritable


def main(arguments: list[str]) -> int:
    """Run one benchmark, print its table, and with --json write everything; or compare two such files."""
    if any(argument.partition("=")[0] == "--compare" for argument in arguments):
        return run_compare(arguments)
    alone = _names_no_kind(arguments)
    options = _parser().parse_args(["pipeline", *arguments] if alone else arguments)
    for path in (getattr(options, name, None) for name in ("json", "sheet", "table", "markdown")):
        if path:
            refuse_unwritable(path)
    figures = heading(options.kind.name) | options.kind.measure(options)
    if alone:
        figures |= interop_where_possible()
    if options.json:
        write_figures(options.json, figures)
    return 0


def _names_no_kind(arguments: list[str]) -> bool:
    """Whether it is for us to say what is measured."""
    return not arguments or (arguments[0].startswith("-") and arguments[0] not in ("-h", "--help"))


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="mien bench",
        description="Measure the engine at work.",
        epilog="mien bench alone: pipeline, and interop where there is an NVIDIA GPU\n"
        "mien bench --compare OLD.json NEW.json: what became slower or faster, beyond noise (--compare --help)",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    words = parser.add_subparsers(required=True, metavar="WHAT")
    for kind in KINDS:
        one = words.add_parser(kind.name, help=kind.help)
        kind.add_options(one)
        one.add_argument("--json", type=Path, metavar="FILE", help="also write the figures as JSON")
        one.set_defaults(kind=kind)
    return parser

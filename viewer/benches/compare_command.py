"""`mien bench --compare OLD NEW`: reads the two files, prints the verdicts, and ends with a code a script can use."""

from __future__ import annotations

import argparse
import importlib.util
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpu_core.errors import MienError
from viewer.benches.bench_file import heading, write_figures
from viewer.benches.bench_samples import BenchFile, read_bench
from viewer.options import Parser, positive
from viewer.picture_file import refuse_unwritable

if TYPE_CHECKING:
    from viewer.benches.compare import Verdict

EXIT_SAME, EXIT_SLOWER, EXIT_UNTOLD = 0, 1, 2
DEFAULT_THRESHOLD = 5.0
_NOTEWORTHY_MOOD = 0.03  # of a machine that is slower or faster than it was
DESCRIPTION = """\
Say what became slower or faster between two files of one bench, beyond noise. Exit code: 0 nothing is slower, 1
something is, 2 the files cannot be compared or have too few rounds to tell anything.

Two files from different sittings see the machine's mood as well: heat, a busy neighbour, another kernel. The fixed work
that is timed beside each round takes most of that out, and nothing counts as slower that is not so both ways. To be
surer, measure old and new in turn on a quiet machine, several times, and compare each old with the new beside it.
"""


def run_compare(arguments: Sequence[str]) -> int:
    """Compare two files; 1 if something is slower, 2 if nothing can be told, else 0.

    Raises:
        MienError: a file is unusable, or they were not made to be compared.
    """
    options = _parser().parse_args(["--help"] if {"-h", "--help"} & set(arguments) else arguments)
    if importlib.util.find_spec("scipy") is None:
        raise MienError("comparing needs scipy: ./run bench --compare installs it, elsewhere pip install 'mien[bench]'")
    from viewer.benches.compare import SLOWER, UNTOLD, compare

    if options.json:
        refuse_unwritable(options.json)
    old, new = (read_bench(path) for path in options.compare)
    notes = [*_refuse_strangers(old, new, any_machine=options.any_machine), *_changes(old, new), *_moods(old, new)]
    verdicts = compare(old, new, threshold=options.threshold / 100)
    print_verdicts(verdicts, notes, everything=options.all)
    if options.json:
        write_figures(options.json, heading("compare") | _figures(old, new, notes, verdicts, options.threshold))
    called = {verdict.verdict for verdict in verdicts}
    if SLOWER in called:
        return EXIT_SLOWER
    # A script must not take silence for good news.
    return EXIT_UNTOLD if called <= UNTOLD else EXIT_SAME


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="mien bench", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )  # fmt: skip
    files: dict[str, Any] = {"nargs": 2, "type": Path, "required": True, "metavar": ("OLD.json", "NEW.json")}
    parser.add_argument("--compare", **files, help="two files that the same bench has written with --json")
    least: dict[str, Any] = {"type": positive, "default": DEFAULT_THRESHOLD, "metavar": "PERCENT"}
    parser.add_argument("--threshold", **least, help=f"the least change that counts (default {DEFAULT_THRESHOLD:g})")
    parser.add_argument("--any-machine", action="store_true", help="also compare files from different machines")
    parser.add_argument("--all", action="store_true", help="also print what stayed the same")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the verdicts as JSON")
    return parser


def _refuse_strangers(old: BenchFile, new: BenchFile, *, any_machine: bool) -> list[str]:
    if old.kind != new.kind:
        raise MienError(f"{old.path} is of mien bench {old.kind}, {new.path} of mien bench {new.kind}")
    differ = _differing(old.machine, new.machine)
    if not old.machine or not new.machine:
        differ.append("one of the files does not say which")
    if differ and not any_machine:
        raise MienError(f"measured on different machines ({differ[0]}); --any-machine compares all the same")
    return [f"DIFFERENT MACHINES, no judgement of the program: {text}" for text in differ]


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    return [f"{name}: {old[name]} -> {new[name]}" for name in old if name in new and old[name] != new[name]]


def _changes(old: BenchFile, new: BenchFile) -> list[str]:
    changes = _differing(
        {name: text for name, text in old.settings.items() if name not in old.machine},
        {name: text for name, text in new.settings.items() if name not in new.machine},
    )
    return [f"not the same settings or versions: {text}" for text in changes]


def _moods(old: BenchFile, new: BenchFile) -> list[str]:
    """What the machine itself did meanwhile."""
    from viewer.benches.compare import drifts, machine_slower

    notes, mood = [], machine_slower(old, new)
    if mood is not None and abs(math.log(mood)) > _NOTEWORTHY_MOOD:
        hidden = "" if mood > 1 else ": what became slower by less may hide behind that"
        notes.append(f"the machine itself was {percent(mood)} (the same fixed work, timed beside each round){hidden}")
    for file in (old, new):
        found = [key for key, series in file.series.items() if drifts(series, among=len(file.series))]
        drifting = [f"{row} {metric}" for row, metric in found]
        if drifting:
            what = f"{drifting[0]} and {len(drifting) - 1} more" if len(drifting) > 1 else drifting[0]
            notes.append(f"{file.path.name} drifts over its rounds ({what}): its verdicts are less sure")
    return notes


def percent(ratio: float) -> str:
    """A ratio of times in words: 1.12 is `12.0 % slower`, 1 / 1.12 `10.7 % faster`."""
    return f"{(ratio - 1) * 100:.1f} % slower" if ratio >= 1 else f"{(1 - ratio) * 100:.1f} % faster"


def print_verdicts(verdicts: Sequence[Verdict], notes: Sequence[str], *, everything: bool) -> None:
    """The table: what changed, or with `everything` all; then the count of each verdict."""
    from viewer.benches.compare import FEW, SAME, rounds_needed

    for note in notes:
        print(f"note: {note}")
    shown = [one for one in verdicts if everything or one.verdict not in (SAME, FEW)]
    if shown:
        width = max(len(one.row) for one in shown)
        print(f"{'row':<{width}}  {'metric':<16}{'old':>10}{'new':>10}  {'change':<16}{'95 %':<20}{'p':<9}verdict")
    for one in shown:
        print(f"{one.row:<{width}}  {one.metric:<16}{_number(one.old)}{_number(one.new)}  {_change(one)}{one.verdict}")
    counts = {name: sum(one.verdict == name for one in verdicts) for name in dict.fromkeys(o.verdict for o in verdicts)}
    print(", ".join(f"{count} {name}" for name, count in counts.items()))
    if FEW in counts:
        tests = sum(one.test is not None for one in verdicts)
        print(f"too few rounds to tell: with {tests} tests, {rounds_needed(tests)} in each file are enough")


def _number(value: float) -> str:
    return f"{value:>10.3f}" if math.isfinite(value) else f"{'-':>10}"


def _change(verdict: Verdict) -> str:
    test = verdict.test
    if test is None:
        return f"{'':<45}"
    interval = f"{(test.low - 1) * 100:+.1f} .. {(test.high - 1) * 100:+.1f} %"
    return f"{percent(test.ratio):<16}{interval:<20}{verdict.p_holm:<9.2g}"


def _figures(
    old: BenchFile, new: BenchFile, notes: Sequence[str], verdicts: Sequence[Verdict], threshold: float
) -> dict[str, Any]:
    from viewer.benches.compare import FASTER, SLOWER, machine_slower

    told = {"old": str(old.path), "new": str(new.path), "of": old.kind, "threshold_percent": threshold}
    mood = {"machine_slower": machine_slower(old, new), "notes": list(notes)}
    counts = {name: sum(one.verdict == name for one in verdicts) for name in (SLOWER, FASTER)}
    return told | mood | counts | {"verdicts": [one.figures() for one in verdicts]}

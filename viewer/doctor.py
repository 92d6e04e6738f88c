"""`mien doctor`: what this machine can do, as a table or as JSON. Bug reports begin with it."""

from __future__ import annotations

import dataclasses
import json
import shutil
import textwrap
from collections.abc import Sequence

from gpu_core.doctor import report
from gpu_core.doctor.finding import Finding
from viewer.options import Parser

SOMETHING_NEEDED_IS_MISSING = 1


def main(arguments: Sequence[str]) -> int:
    """Print the report; the exit code is 1 if something is missing that Mien cannot do without."""
    parser = Parser(prog="mien doctor", description="Say what this machine can do, and the remedy where it cannot.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(arguments)
    found = report.findings()
    if options.json:
        print(json.dumps([dataclasses.asdict(finding) for finding in found], indent=2, ensure_ascii=False))
    else:
        print(table(found, width=min(shutil.get_terminal_size((100, 24)).columns, 120)))
    return 0 if all(finding.ok for finding in found if finding.needed) else SOMETHING_NEEDED_IS_MISSING


def table(found: Sequence[Finding], width: int) -> str:
    """The findings as lines of at most `width` characters: mark, name, what there is, and for a no the way out."""
    column = max(len(finding.name) for finding in found)
    return "\n".join(line for finding in found for line in _lines(finding, column, width))


def _lines(finding: Finding, column: int, width: int) -> list[str]:
    mark = "ok" if finding.ok else "NO" if finding.needed else "--"
    texts = [finding.value]
    if not finding.ok:
        texts += [f"why: {finding.reason}", f"do:  {finding.remedy}"]
    indent = " " * (column + 5)
    heads = [f"{mark} {finding.name:<{column}}  ", *[indent] * len(texts)]
    return [
        line
        for head, text in zip(heads, texts, strict=False)
        for line in textwrap.wrap(text, max(width, 40), initial_indent=head, subsequent_indent=indent)
    ]

"""What every reader of takes gives: expressions with their times, and what the user should know of the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from gpu_core.errors import MienError
from gpu_core.expression import Expression


class TakeError(MienError):
    """A file of expressions cannot be read or written; the text names the file and, where there is one, the line.

    One line, whatever the file's own words hold: a name in it may bear a vertical tab.
    """

    def __init__(self, text: str) -> None:
        super().__init__("".join(sign if sign.isprintable() else "?" for sign in text))


class TimedExpression(NamedTuple):
    """One row. `time_s` counts from the first row; `expression` is None where no face was seen."""

    time_s: float
    expression: Expression | None


@dataclass(frozen=True)
class TakeRows:
    """The rows of a file, and one sentence for everything that was assumed or left out."""

    rows: tuple[TimedExpression, ...]
    remarks: tuple[str, ...] = ()

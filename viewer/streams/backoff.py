"""When a worker that died is started again: at once after a long good run, later and later after quick deaths."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BackoffForm:
    """How long to wait and how often to try."""

    first_s: float = 0.1
    factor: float = 2.0
    most_s: float = 10.0
    good_s: float = 5.0  # whoever has shown faces for so long starts with a clean sheet
    most_deaths: int = 8  # quick ones in a row; then it is given up


class Backoff:
    """Counts the deaths of one worker."""

    def __init__(self, form: BackoffForm | None = None) -> None:
        self._form = form or BackoffForm()
        self.deaths = 0  # in a row, without a good run between them

    def died(self, good_s: float) -> float | None:
        """After a death: seconds to wait before the next start, or None to give up.

        Args:
            good_s: how long it had shown faces this time; 0: never.
        """
        form = self._form
        if good_s >= form.good_s:
            self.deaths = 0
        self.deaths += 1
        if self.deaths >= form.most_deaths:
            return None
        # The exponent is kept small: a float overflows long before somebody tires of trying.
        return min(form.first_s * form.factor ** min(self.deaths - 1, 64), form.most_s)

    @property
    def quick(self) -> str:
        """The deaths that were too many, for a sentence."""
        return f"{self.deaths} deaths in a row, none after {self._form.good_s:g} s of faces or more"

    def forgive(self) -> None:
        """Somebody asks for a new start: what was counts no more."""
        self.deaths = 0

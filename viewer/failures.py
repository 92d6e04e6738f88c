"""Failures in a loop: the first is logged whole, equal ones are rate-limited, and too many in a row mean a pause."""

from __future__ import annotations

import logging
import time

PAUSE_AFTER = 5
REPEAT_S = 10.0


class Failures:
    """Counts equal failures in a row. For one thread."""

    def __init__(self, log: logging.Logger) -> None:
        self.count = 0
        self._log = log
        self._text = ""
        self._logged_s = 0.0

    @property
    def pausing(self) -> bool:
        """Whether trying again makes no sense until somebody changed something."""
        return self.count >= PAUSE_AFTER

    def note(self, error: Exception) -> bool:
        """Count a failure; True if it is a new one that the user has not been told about."""
        text = f"{type(error).__name__}: {error}"
        is_new = text != self._text
        self.count = 1 if is_new else self.count + 1
        self._text = text
        now_s = time.monotonic()
        if is_new:
            self._log.error("%s", text, exc_info=error)
            self._logged_s = now_s
        elif now_s - self._logged_s > REPEAT_S:
            self._log.error("%s (%d times in a row)", text, self.count)
            self._logged_s = now_s
        return is_new

    def forget(self) -> None:
        """It works again."""
        self.count, self._text = 0, ""

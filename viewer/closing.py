"""Closing a window: every part of it is ended, whatever another part makes of that."""

from __future__ import annotations

import logging
from collections.abc import Callable

log = logging.getLogger(__name__)


def close_all(*parts: Callable[[], object]) -> None:
    """Call these in turn. What one of them raises is logged, and the next is called all the same.

    Half a closing leaves the engine thread running. Nor may the exception leave `closeEvent`: PySide 6.11 raises it
    again in every event filter and override that runs until the window is closed, and crashed in the next widget made.
    """
    for part in parts:
        try:
            part()
        except Exception:
            log.exception("%s failed", getattr(part, "__qualname__", part))

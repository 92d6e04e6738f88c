"""hibari's English: how words are said, and what kind they are. Read once, for the voice and for the analysis."""

from __future__ import annotations

import importlib.util
import threading
from functools import cache
from typing import Any

PACKAGE = "hibari"
_lock = threading.Lock()


def english() -> Any:
    """hibari's G2P for American English, None where it is not installed. Reading it takes a third of a second."""
    with _lock:
        return _english()


@cache
def _english() -> Any:
    if importlib.util.find_spec(PACKAGE) is None:
        return None
    from hibari.g2p import G2P

    return G2P(british=False)

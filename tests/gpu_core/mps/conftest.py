"""MPS's tests run with a double of nvidia-cuda-mps-control."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.emulation.mps.double import MpsDouble, mps_double


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[MpsDouble]:
    """The double on the path and folders of its own; nothing of it may be left when a test ends."""
    if not sys.platform.startswith("linux"):
        pytest.skip("MPS is there on Linux alone")
    with mps_double(monkeypatch) as made:
        yield made

"""What ends a worker, with its timer taken away at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from viewer.streams.worker_life import Life


@pytest.fixture
def life() -> Iterator[Life]:
    made = Life()
    yield made
    made.close()

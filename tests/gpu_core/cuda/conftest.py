"""A fake driver under the rooms of CUDA; the process forgets what its tests lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gpu_core.cuda import calls
from tests.gpu_core.cuda.fake_driver import FakeDriver


@pytest.fixture(autouse=True)
def nothing_lost() -> Iterator[None]:
    """CUDA is open before a test, and after it."""
    calls.forget_loss()
    yield
    calls.forget_loss()


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> FakeDriver:
    """The driver that every call goes to."""
    fake = FakeDriver()
    monkeypatch.setattr(calls, "bindings", lambda: fake)
    for module in ("driver", "image_tier"):
        monkeypatch.setattr(f"gpu_core.cuda.{module}.bindings", lambda: fake)
    return fake

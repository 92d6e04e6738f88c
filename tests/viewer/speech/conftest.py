"""Dictionaries are read once, before any test counts the time."""

from __future__ import annotations

import importlib.util

import pytest

from viewer.speech.analysing import analyse


@pytest.fixture(scope="session", autouse=True)
def dictionaries() -> None:
    """Read them."""
    if importlib.util.find_spec("jieba") is not None:
        analyse("非常高兴, happy!")

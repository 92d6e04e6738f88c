"""NVML's words and numbers, without a driver: the rest is in tests/emulated/test_nvml.py."""

from __future__ import annotations

import pytest

from gpu_core.nvml import GpuSample, NvmlGpu, slowed_by


@pytest.mark.parametrize(
    ("bits", "words"),
    [
        (0x0, ()),
        (0x1 | 0x2 | 0x100, ()),  # idle, or set so: nothing is wrong
        (0x4 | 0x20, ("power limit", "temperature (driver)")),
        (0x4 | 0x10000, ("power limit", "reason 0x10000")),
    ],
)
def test_reasons_are_words(bits, words):
    assert slowed_by(bits) == words


def test_silence_is_told_from_a_gap():
    assert GpuSample().is_silent
    assert not GpuSample(temperature_c=0.0).is_silent


def test_the_binding_knows_every_name_that_is_used():
    # An attribute that is missing from the binding would be an error where a gap is meant.
    pynvml = pytest.importorskip("pynvml")
    names = {name for code in _code(NvmlGpu) for name in code.co_names if name.startswith(("nvml", "NVML"))}
    assert len(names) > 20
    assert not {name for name in names if not hasattr(pynvml, name)}


def _code(cls):
    for thing in vars(cls).values():
        if hasattr(thing, "__code__"):
            yield thing.__code__
            yield from (const for const in thing.__code__.co_consts if hasattr(const, "co_names"))

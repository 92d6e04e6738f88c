"""The trial tells conversions that agree from those that do not."""

from __future__ import annotations

import pytest

from gpu_core.errors import GLError
from gpu_core.neural.conversion_trial import try_out
from gpu_core.neural.conversions import CpuConversion
from gpu_core.neural.readback import DirectReadback
from gpu_core.neural.signature import InputTensor, OutputTensor, Signature

pytestmark = pytest.mark.gl
SAID = Signature(
    (InputTensor("x", ("texture", "render"), width=32, height=32),), OutputTensor("y", width=32, height=32)
)


class Off(CpuConversion):
    """Packs a little too much."""

    def fill(self, target, slot, tensors, timer):
        copied = super().fill(target, slot, tensors, timer)
        tensors[0][0, 5, 31, 31] += 0.01
        return copied


def test_what_agrees_passes(gl_context):
    try_out(CpuConversion(SAID, DirectReadback(SAID.pictures)), SAID, 32)


def test_one_value_that_differs_is_enough(gl_context):
    with pytest.raises(GLError, match="packs tensors otherwise"):
        try_out(Off(SAID, DirectReadback(SAID.pictures)), SAID, 32)

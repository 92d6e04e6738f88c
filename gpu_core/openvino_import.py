"""The only place that imports OpenVINO: without its telemetry; and what it can do here, asked once.

Importing `openvino` imports its model converter, which reports the import to a web analytics service, from a thread of
its own, unless the telemetry package is missing. Mien talks to nobody unasked, so it is made to look missing; and so is
the converter, which Mien never uses, and which takes a third of the time that the import takes.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any


def import_openvino() -> Any:
    """The `openvino` module.

    Raises:
        ImportError: there is no OpenVINO for this machine.
    """
    # None is Python's way of saying that a module is not to be had; OpenVINO then takes its own stub, or none.
    for name in ("openvino_telemetry", "openvino.tools.ovc"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    import openvino

    return openvino


@cache
def cpu_capabilities() -> frozenset[str]:
    """What OpenVINO computes in on this processor, as it names it: "FP32", "INT8", perhaps "BF16".

    Raises:
        ImportError: there is no OpenVINO for this machine.
    """
    return frozenset(import_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"))


def float_arithmetic(precision: str) -> str:
    """OpenVINO's hint for floats, also those of an INT8 network: bf16 where the processor has it, unless fp32."""
    return "bf16" if precision != "fp32" and "BF16" in cpu_capabilities() else "f32"

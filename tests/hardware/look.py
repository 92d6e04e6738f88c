"""What this machine says of itself to Mien: EGL's devices, who draws, CUDA's device, the tier, NVML. Prints JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from gpu_core.cuda.driver import open_cuda, probe
from gpu_core.cuda.interop import open_interop
from gpu_core.cuda.opengl_devices import match
from gpu_core.gl.context import headless_context
from gpu_core.gl.egl_devices import list_devices
from gpu_core.telemetry import open_sampler

TIERS_ABOVE = {"image": "", "pixel buffer": "image", "host copy": "pixel buffer"}


def main() -> None:
    """Ask everything; one answer that fails leaves the others."""
    told: dict[str, Any] = {}
    for name, ask in (("driver", _driver), ("egl", _egl), ("opengl", _opengl), ("nvml", _nvml)):
        told[name] = _answer(ask)
    print(json.dumps(told, indent=1, default=str))


def _answer(ask: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    try:
        answer = ask()
    except Exception as error:  # noqa: BLE001 (this is what is looked for)
        answer = f"FAILED {type(error).__name__}: {error}"
    return {"answer": answer, "ms": round((time.perf_counter() - start) * 1e3, 1)}


def _driver() -> Any:
    return asdict(probe())


def _egl() -> Any:
    return {"devices": [asdict(device) | {"extensions": sorted(device.extensions)} for device in list_devices()],
            "match": asdict(match())}  # fmt: skip


def _opengl() -> Any:
    """Context, device, and every tier tried."""
    with headless_context() as info, open_cuda() as cuda:
        told = asdict(info) | {"draws on": cuda.gl_device, "remark": cuda.gl_remark}
        for tier, above in TIERS_ABOVE.items():
            with open_interop(cuda, below=above, because="tried by hand") as interop:
                told[tier] = "works" if interop.tier == tier else interop.reason
        return told


def _nvml() -> Any:
    sampler = open_sampler()
    samples = []
    for _ in range(2):
        time.sleep(0.3)
        samples.append(asdict(sampler.sample()))
    told = {"description": sampler.description, "samples": samples}
    sampler.close()
    return told


if __name__ == "__main__":
    main()

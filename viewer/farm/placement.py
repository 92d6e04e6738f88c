"""Streams on the farm: a launcher whose workers run on the nodes of a Ray cluster."""

from __future__ import annotations

import os
from collections.abc import Sequence

from gpu_core.child_process import module_command
from gpu_core.errors import MienError
from viewer.farm.cluster import refuse_address
from viewer.farm.nodes import ROOT
from viewer.farm.ray_executor import require_ray
from viewer.push.target import expand, parse_target
from viewer.streams.launcher import ProcessLauncher
from viewer.streams.values import StreamForm

RELAY = "viewer.farm.relay"


def farm_launcher(address: str, module: str, *, cpus: float = 1.0, gpus: float | None = None) -> ProcessLauncher:
    """Workers that run `module` on nodes of the cluster at `address`, each on so many cores and so much of a GPU.

    Here each is a process that relays what it says. A lost node is a worker that died: the next one starts elsewhere.

    Raises:
        MienError: Ray is not installed here, or nobody answers at that address.
    """
    require_ray()
    refuse_address(address)
    share = "" if gpus is None else str(gpus)
    command = module_command(RELAY, address, module, str(cpus), share, str(os.getpid()))
    return ProcessLauncher(command=command, environment={"PYTHONPATH": str(ROOT)})


def refuse_local_targets(forms: Sequence[StreamForm]) -> None:
    """Refuse targets that would be of whichever node a stream comes to.

    Raises:
        MienError: a file or a virtual camera is among them.
    """
    for form in forms:
        target = parse_target(expand(form.to, form.number)) if form.to else None
        if target is not None and not target.host:
            raise MienError(f"with --address, {target.where} would be on whichever node a stream runs: push to a URL")

"""What a session says of whatever made its pictures: settings, face, generator, contract, machine, versions."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gpu_core.contract import picture_contract
from viewer.benches.bench_file import heading

if TYPE_CHECKING:
    from gpu_core.engine import Engine


def engine_facts(engine: Engine) -> dict[str, Any]:
    """Plain values for session.json."""
    general = heading("session")
    model = engine.generator
    return {
        "engine": {"path": engine.path_name, **engine.description},
        "settings": asdict(engine.settings),
        "face": {"name": engine.face.name, "sha256": engine.face.sha256},
        "generator": {"name": model.name, "sha256": model.sha256, "precision": model.precision} if model else None,
        "contract": picture_contract(engine.face.sha256),
        "machine": general["machine"],
        "versions": general["versions"],
    }

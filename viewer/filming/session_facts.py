"""What a session says of whatever made its pictures: settings, face, generator, contract, machine, versions."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gpu_core.contract import picture_contract
from viewer.benches.bench_file import heading
from viewer.sessions.session import Session

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


def changes(session: Session, facts: dict[str, Any]) -> list[str]:
    """What is not as it was recorded, a sentence each."""
    found = []
    for title, names in {
        "face": ("face", "name"), "generator": ("generator", "name"), "path": ("engine", "path"),
        "inference": ("engine", "engine"), "OpenGL": ("engine", "gl_renderer"), "machine": ("machine", "processor"),
    }.items():  # fmt: skip
        before = session.told(*names)
        now = (facts.get(names[0]) or {}).get(names[1])
        hashes = session.told(names[0], "sha256"), (facts.get(names[0]) or {}).get("sha256")
        if before != now:
            found.append(f"{title}: recorded with {before}, replayed with {now}")
        elif hashes[0] != hashes[1]:
            found.append(f"{title}: {now} is another file than the one recorded with")
    return found

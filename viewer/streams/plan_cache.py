"""Plans that were measured before, kept in the user's cache folder: one JSON file for each machine and kind of stream.

A file that cannot be read is as good as none: measuring anew writes another.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import platformdirs

from gpu_core.errors import MienError
from viewer.picture_file import write_whole
from viewer.streams.plan import Plan, PlanKey, Point

FORM = 1  # to be raised when rounds measure something else
_LARGEST_BYTES, _LARGEST = 1 << 20, 1e9
log = logging.getLogger(__name__)


class PlanCache:
    """The plans of this user."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or platformdirs.user_cache_path("mien") / "streams"

    def path(self, key: PlanKey) -> Path:
        """Where the plan for this key is kept."""
        text = json.dumps([FORM, asdict(key)], sort_keys=True)
        return self.folder / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.json"

    def get(self, key: PlanKey) -> Plan | None:
        """The plan, or None if there is none that can be used."""
        path = self.path(key)
        try:
            if path.stat().st_size > _LARGEST_BYTES:
                return None
            plan = plan_from(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError) as error:
            log.warning("the plan %s cannot be read (%s): measure anew with mien bench streams", path, error)
            return None
        return plan if plan.key == key else None

    def put(self, plan: Plan) -> None:
        """Keep a plan, if the disk lets us."""
        data = json.dumps(plan_values(plan), indent=2).encode()
        try:
            write_whole(self.path(plan.key), lambda file: file.write(data))
        except MienError as error:
            log.warning("the plan is not kept: %s", error)


def plan_values(plan: Plan) -> dict[str, Any]:
    """A plan as plain values, for JSON."""
    return {
        "key": asdict(plan.key),
        "points": [asdict(point) for point in plan.points],
        "made": plan.made,
        "engine": plan.engine,
    }


def plan_from(values: Any) -> Plan:
    """The plan that `plan_values` told.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(values, dict) or not isinstance(values.get("points"), list):
        raise ValueError("it is no plan")
    points = tuple(_made(Point, point) for point in values["points"])
    if any(point.faces < 1 or point.faces_per_s < 0.0 for point in points):
        raise ValueError("a point without faces")
    return Plan(_made(PlanKey, values.get("key")), points, str(values.get("made", "")), str(values.get("engine", "")))


def _made(kind: type[Any], values: Any) -> Any:
    names = [field.name for field in fields(kind)]
    if not isinstance(values, dict) or set(values) != set(names):
        raise ValueError(f"no {kind.__name__}")
    return kind(**{field.name: _checked(field.type, values[field.name]) for field in fields(kind)})


def _checked(kind: Any, value: Any) -> Any:
    """The value, of the type that the field says."""
    if kind == "float":
        if type(value) not in (int, float) or abs(value) > _LARGEST or value != value:
            raise ValueError("a number that is none, or too large")
        return float(value)
    if type(value).__name__ != kind:
        raise ValueError(f"a value that is not of type {kind}")
    return value

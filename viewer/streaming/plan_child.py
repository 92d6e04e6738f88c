"""A process of its own that measures a plan for the window: tells how far it is, then the plan as JSON. Knows no Qt.

`python -m viewer.streaming.plan_child FORM`: FORM is JSON as in `viewer.streams.messages`, without a target.
"""

from __future__ import annotations

import json
import signal
import sys

from gpu_core.errors import MienError
from viewer.streams.messages import read_forms
from viewer.streams.plan import MEASURED_WAYS
from viewer.streams.plan_cache import plan_values
from viewer.streams.planner import FACES, ROUNDS, Tell, planned
from viewer.streams.worker_life import die_with_parent

STEPS = len(FACES) * len(MEASURED_WAYS) + ROUNDS  # lines that `planned` tells
INTERRUPTED = 130


def main(arguments: list[str], tell: Tell) -> int:
    """Measure, and print the plan."""
    try:
        (form,) = read_forms(arguments[0].encode())
        plan = planned(form, anew=True, tell=tell)
    except MienError as error:
        tell(str(error))
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    sys.stdout.write(json.dumps(plan_values(plan)))
    return 0


def tell_parent(text: str) -> None:
    """A line for whoever waits."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    die_with_parent(signal.SIGINT)
    sys.exit(main(sys.argv[1:], tell_parent))

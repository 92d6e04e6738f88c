"""viewer.farm.one_core: what runs there stays there, whatever it asks for."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from viewer.farm import one_core

KNOWN = sys.platform == "linux" and platform.machine() in one_core._SET_AFFINITY
ASK = "import os; os.sched_setaffinity(0, range(os.cpu_count())); print(sorted(os.sched_getaffinity(0)))"


@pytest.mark.skipif(not KNOWN, reason="its system calls are not known here")
def test_who_takes_all_cores_gets_one() -> None:
    core = max(os.sched_getaffinity(0))
    script = str(Path(one_core.__file__))
    done = subprocess.run(
        [sys.executable, script, str(core), "-c", ASK], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == f"[{core}]\n"


def test_the_filter_is_four_instructions() -> None:
    assert len(one_core.filter_of(203)) == 32
    assert one_core.filter_of(203) != one_core.filter_of(122)

"""viewer.streams.output: nowhere counts, anywhere else is pushed to, under the stream's number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gpu_core.errors import MienError
from viewer.push.values import PushStatus
from viewer.streams.output import NOWHERE, open_output
from viewer.streams.values import StreamForm


def test_nowhere_takes_everything() -> None:
    output = open_output(StreamForm())
    output.offer(np.zeros((2, 2, 4), np.uint8), 1.0)
    assert output.status() == PushStatus(NOWHERE, "live", frames=1)
    output.close()


def test_a_target_gets_the_streams_number(tmp_path: Path) -> None:
    output = open_output(StreamForm(7, to=str(tmp_path / "face-{n}.mp4"), size=256))
    assert output.status().where == str(tmp_path / "face-7.mp4")
    output.close()


def test_a_target_that_is_none_is_one_line() -> None:
    with pytest.raises(MienError, match="gopher"):
        open_output(StreamForm(to="gopher://host/live"))

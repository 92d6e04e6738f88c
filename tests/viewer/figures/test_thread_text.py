"""viewer.figures.thread_text: threads by what they do."""

from __future__ import annotations

from gpu_core.thread_load import ThreadLoad
from viewer.figures.thread_text import Taker, takers

LOADS = (
    ThreadLoad(100, "python", "MainThread", 20.0),
    ThreadLoad(101, "llvmpipe-0", "", 30.0),
    ThreadLoad(102, "llvmpipe-1", "", 30.0),
    ThreadLoad(103, "EngineThread", "Dummy-1", 25.0),
    ThreadLoad(104, "EngineThread", "", 70.0),  # OpenVINO's, started by the engine's thread
    ThreadLoad(105, "encoder", "recorder", 5.0),
    ThreadLoad(106, "python", "", 1.0),  # OpenCV's, started by the window's thread
    ThreadLoad(108, "QDBusConnection", "", 1.0),
    ThreadLoad(107, "av:h264:df0", "", 12.0),
)


def test_they_are_named_by_what_they_do_the_busiest_first() -> None:
    found = takers(LOADS, others_cores=0.4, pid=100)
    assert [(taker.title, round(taker.cores, 2), taker.threads) for taker in found] == [
        ("inference", 0.7, 1), ("llvmpipe", 0.6, 2), ("other programs", 0.4, 0), ("engine thread", 0.25, 1),
        ("window", 0.21, 2), ("video encoder", 0.17, 2), ("others", 0.01, 1),
    ]  # fmt: skip


def test_nothing_takes_nothing() -> None:
    assert takers((), pid=1) == ()
    assert takers((), others_cores=-0.1, pid=1) == ()
    assert takers((ThreadLoad(1, "x", "", 0.0),), pid=1) == (Taker("window", 0.0, 1, takers(LOADS, pid=100)[3].tip),)

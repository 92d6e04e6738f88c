"""viewer.clips.offline_log: a batch's record is written when its last picture is encoded, with what the device told
late.
"""

from __future__ import annotations

from gpu_core.frame_record import FrameRecord
from gpu_core.settings import Frame, FrameRequest, StageTime
from viewer.clips.encoder import EncodeSpan
from viewer.clips.offline_figures import Tally
from viewer.clips.offline_log import BatchLog


def frame(index: int, *, steady: bool = True) -> Frame:
    stages = (StageTime("pose", 100 * index, 1.0), StageTime("infer", 100 * index + 10, 5.0))
    return Frame(
        index, FrameRequest(requested_ns=100 * index - 1), {}, None, 0, stages, 100 * index + 50, "fake", steady,
        submitted_ns=100 * index, in_flight=2,
    )  # fmt: skip


def span(picture: int) -> EncodeSpan:
    return EncodeSpan(picture, 1000 * picture, 1000 * picture + 500)


def test_records_come_whole_and_in_order() -> None:
    written: list[FrameRecord] = []
    log = BatchLog(Tally(), written.append)
    log.add(frame(1), [StageTime("read", 160, 0.1)], faces=2)
    log.add(frame(2), [], faces=1)
    log.encoded([span(0)])
    assert (written, log.made) == ([], 1)
    log.encoded([span(1), span(2)])
    assert [record.index for record in written] == [1, 2]
    assert [stage.name for stage in written[0].stages] == ["pose", "infer", "read", "encode", "encode"]
    assert (written[0].submitted_ns, written[0].finished_ns, written[0].shown_ns) == (100, 150, 1500)
    assert (written[0].in_flight, written[0].path, log.made) == (2, "fake", 3)


def test_what_a_device_tells_late_counts_instead() -> None:
    written: list[FrameRecord] = []
    log = BatchLog(Tally(), written.append)
    log.add(frame(1), [], faces=1)
    log.amend(1, (StageTime("infer", 7, 2.0, "gpu"),))
    log.amend(99, (StageTime("infer", 7, 2.0, "gpu"),))  # of nobody we know
    log.encoded([span(0)])
    assert [(stage.name, stage.duration_ms) for stage in written[0].stages] == [
        ("pose", 1.0), ("infer", 2.0), ("encode", 0.0005),
    ]  # fmt: skip
    log.amend(1, (StageTime("infer", 7, 2.0, "gpu"),))  # too late: written already


def test_what_is_told_before_its_batch_comes_waits_for_it() -> None:
    written: list[FrameRecord] = []
    log = BatchLog(Tally(), written.append)
    log.amend(1, (StageTime("infer", 7, 2.0, "gpu"),))
    log.add(frame(1), [], faces=1)
    log.encoded([span(0)])
    assert [stage.clock for stage in written[0].stages if stage.name == "infer"] == ["gpu"]


def test_unsteady_batches_are_traced_but_stay_off_the_figures() -> None:
    tally, written = Tally(), []
    log = BatchLog(tally, written.append)
    log.add(frame(1, steady=False), [], faces=1)
    log.encoded([span(0)])
    assert len(written) == 1
    assert tally.figures(frames=1, waited_s=0.0, encoder_s=0.0).stages_ms == {}

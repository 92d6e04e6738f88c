"""Pictures pushed to real servers and read back from them; a number in each says which it is."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import av
import numpy as np
import psutil
import pytest

from tests.rtmp_server import HOST, RtmpServer, free_ports
from tests.test_architecture import loaded_by
from tests.viewer.push.feeding import PATIENCE_S, SIZE, Feeder, Tone, is_in_order, numbers_at, until
from viewer.push.pusher import Pusher, open_pusher
from viewer.push.target import PushError
from viewer.push.values import PushStatus, VideoForm

FORM = VideoForm(key_s=0.5)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RtmpServer]:
    with RtmpServer(tmp_path_factory.mktemp("nginx"), secure=True) as server:
        yield server


def children() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def test_pushing_knows_no_window_and_no_engine() -> None:
    loaded = loaded_by("import viewer.push.pusher", whole=True)
    assert not {name for name in loaded if name.startswith(("PySide6", "OpenGL", "onnxruntime", "gpu_core.gl"))}
    assert not loaded & {"gpu_core.engine", "gpu_core.neural", "viewer.panels", "viewer.engine_thread"}


def test_a_killed_server_is_met_again_while_the_face_goes_on(server: RtmpServer) -> None:
    """RTMP, whole: published, read back in order, lost, met again, read back in order."""
    pusher = open_pusher(f"{server.url}/face-1", FORM, SIZE)
    with pusher, Feeder(pusher) as feeder:
        assert pusher.connected(PATIENCE_S)
        assert is_in_order(numbers_at(f"{server.url}/face-1", 10))
        assert server.publishing() == ["face-1"]
        server.kill()
        until(lambda: pusher.status().state == "waiting")
        assert pusher.status().note in (
            f"{HOST}:{server.rtmp} has closed the connection", f"nobody listens at {HOST}:{server.rtmp}"
        )  # fmt: skip
        before = feeder.number
        until(lambda: feeder.number > before + 3, "the next picture")
        server.start()
        assert pusher.connected(PATIENCE_S)
        seen = numbers_at(f"{server.url}/face-1", 10)
        assert is_in_order(seen)
        assert seen[0] > before
        told = pusher.status()
        assert (told.state, told.note, told.reconnects) == ("live", "", 1)
    assert pusher.status().state == "closed"
    until(lambda: server.publishing() == [], "the end of the stream")


def test_over_tls_it_is_the_same(server: RtmpServer) -> None:
    pusher = open_pusher(f"rtmps://{HOST}:{server.rtmps}/live/face-2", FORM, SIZE, sound=Tone())
    with pusher, Feeder(pusher):
        assert pusher.connected(PATIENCE_S)
        assert is_in_order(numbers_at(f"{server.url}/face-2", 10))


def read_aside(where: str, **options: str) -> tuple[threading.Thread, list[int]]:
    """Read on a thread of its own: who listens has to be there first."""
    seen: list[int] = []
    thread = threading.Thread(target=lambda: seen.extend(numbers_at(where, 10, **options)))
    thread.start()
    return thread, seen


def test_rtsp_and_udp_arrive_in_order() -> None:
    rtsp, udp = (f"{scheme}://{HOST}:{port}" for scheme, port in zip(("rtsp", "udp"), free_ports(2), strict=True))
    threads = {
        rtsp: read_aside(f"{rtsp}/live", rtsp_flags="listen", rtsp_transport="tcp", listen_timeout="30"),
        udp: read_aside(udp, timeout="30000000"),
    }
    with ExitStack() as pushers:
        opened = [
            pushers.enter_context(open_pusher(to, FORM, SIZE, sound=Tone())) for to in (f"{rtsp}/live", udp)
        ]  # fmt: skip
        pushers.enter_context(Feeder(*opened))
        for thread, seen in threads.values():
            thread.join(PATIENCE_S)
            assert len(seen) == 10
            assert is_in_order(seen)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, server: RtmpServer) -> dict[str, Any]:
    """The same second and a half in every kind of file, and put on a web server."""
    folder = tmp_path_factory.mktemp("written")
    names = ["a.mp4", "a.mkv", "a.ts", "a.flv", "a.m3u8"]
    web = f"http://{HOST}:{server.http}/put/a.m3u8"
    with ExitStack() as stack:
        pushers = [open_pusher(str(folder / name), FORM, SIZE, sound=Tone()) for name in names]
        pushers.append(open_pusher(web, FORM, SIZE))
        for pusher in pushers:
            stack.enter_context(pusher)
        stack.enter_context(Feeder(*pushers))
        until(lambda: all(pusher.status().frames >= 40 for pusher in pushers))
    told = [pusher.status() for pusher in pushers]
    assert {(status.state, status.note) for status in told} == {("closed", "")}
    return {
        **{name: (str(folder / name), status) for name, status in zip(names, told, strict=False)},
        "web": (web, told[-1]),
    }


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.flv", "a.m3u8", "web"])
def test_what_is_written_holds_every_frame_at_a_constant_rate_and_its_sound(written: dict[str, Any], name: str) -> None:
    where, status = written[name]
    with av.open(where, timeout=PATIENCE_S) as container:
        times, heard = [], 0
        for packet in container.demux():
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    times.append(frame.time)
                elif isinstance(frame, av.AudioFrame):
                    heard += frame.samples
    steps = np.diff(np.asarray(times, float)) * 25
    assert len(times) == status.frames
    np.testing.assert_allclose(steps, np.rint(steps), atol=0.03)  # FLV and Matroska count whole milliseconds
    assert steps.min() > 0.9, "each has a moment of its own"
    assert is_in_order(numbers_at(where, 38))
    assert (heard > 0) == (name != "web")
    assert name == "web" or abs(heard / 48_000 - times[-1]) < 0.5


def test_offering_never_waits_for_a_server_that_hangs(server: RtmpServer) -> None:
    pusher = open_pusher(f"{server.url}/face-3", FORM, SIZE)
    with Feeder(pusher) as feeder:
        assert pusher.connected(PATIENCE_S)
        server.stop_reading()
        before = feeder.number
        until(lambda: feeder.number > before + 10, "the next picture")
        pusher.close(0.3)
        server.go_on()
        assert feeder.number > before + 10
    assert pusher.status().state == "closed"
    assert not [child for child in children() if "mux_process" in " ".join(child.cmdline())]


def test_secrets_are_nowhere(
    server: RtmpServer, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Not in what is logged, printed, told, raised or listed by the system, live and while it fails."""
    caplog.set_level(logging.DEBUG)
    av.logging.set_level(av.logging.DEBUG)
    port = free_ports(1)[0]
    told: list[str] = []
    try:
        for to in (
            f"rtmp://me:hunter2@{HOST}:{server.rtmp}/live/hunter2_Zq7x9?token=hunter2",
            f"rtmp://me:hunter2@{HOST}:{port}/live/hunter2_Zq7x9?token=hunter2",
            f"rtsp://me:hunter2@{HOST}:{port}/hunter2_Zq7x9?token=hunter2",
            f"http://me:hunter2@{HOST}:{server.http}/hunter2_Zq7x9/a.m3u8?token=hunter2",
        ):
            pusher = open_pusher(to, FORM, SIZE)
            with pusher, Feeder(pusher):
                until(lambda pusher=pusher: pusher.status().frames > 3 or pusher.status().note)
                told += [repr(pusher.status()), repr(pusher), repr(vars(pusher._output))]  # type: ignore[attr-defined]
                told += [" ".join(child.cmdline()) for child in children()]
            told.append(repr(pusher.status()))
        with pytest.raises(PushError) as raised:
            open_pusher("srt://h:9000?passphrase=hunter2&streamid=hunter2", FORM, SIZE)
        told += [str(raised.value), repr(raised.value), repr(raised.value.__cause__)]
    finally:
        av.logging.set_level(None)
    captured = capfd.readouterr()
    everything = "\n".join([*told, captured.out, captured.err, caplog.text])
    assert f"rtmp://{HOST}:{server.rtmp}/live/***?token=***" in everything
    assert "nobody listens" in everything
    assert "hunter2" not in everything


@pytest.mark.parametrize(
    ("to", "form", "size", "said"),
    [
        ("ftp://h/a", FORM, SIZE, "cannot push to ftp://"),
        ("/no/such/folder/a.mp4", FORM, SIZE, "there is no folder /no/such/folder"),
        ("udp://h:1", VideoForm(encoder="h266"), SIZE, "there is no encoder 'h266'"),
        ("udp://h:1", VideoForm(fps=0), SIZE, "0 frames a second"),
        ("udp://h:1", FORM, 0, "pictures of 0 pixels a side"),
        ("udp://h:1", FORM, 10**6, "pictures of 1000000 pixels a side"),
    ],
)
def test_what_is_wrong_from_the_start_is_raised_in_a_line(to: str, form: VideoForm, size: int, said: str) -> None:
    before = threading.active_count()
    with pytest.raises(PushError) as raised:
        open_pusher(to, form, size)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
    assert threading.active_count() == before


class Sink:
    """An output that keeps what it is given."""

    process_id = 0

    def __init__(self) -> None:
        self.written: list[tuple[int | None, int]] = []
        self.began_s, self.ends, self.error = 0.0, list[str](), None

    def begin(self, at_s: float) -> None:
        self.began_s = at_s

    def write(self, pixels: Any, number: int) -> bool:
        if self.error:
            raise self.error
        self.written.append((None if pixels is None else int(pixels[0, 0, 0]), number))
        return True

    def watch(self) -> None: ...

    def status(self) -> PushStatus:
        return PushStatus("sink", "live")

    def wait_live(self, _timeout_s: float) -> bool:
        return True

    def finish(self) -> None:
        self.ends.append("finish")

    def end(self) -> None:
        self.ends.append("end")

    def close(self, timeout_s: float) -> None:
        assert timeout_s <= 5.0
        self.ends.append("close")


def filled(value: int) -> Any:
    return np.full((SIZE, SIZE, 4), value, np.uint8)


def pusher_of(sink: Any) -> Pusher:
    return Pusher(sink, SIZE, FORM_RATE)


FORM_RATE = 50


def test_it_repeats_what_is_late_and_drops_what_is_too_many() -> None:
    sink = Sink()
    with pusher_of(sink) as pusher:
        pusher.offer(filled(1), 77.0)
        until(lambda: len(sink.written) >= 4)
        for value in (2, 3, 4):
            pusher.offer(filled(value), time.monotonic())
        until(lambda: sink.written[-1][0] is None and any(value == 4 for value, _ in sink.written))
        told = pusher.status()
    shown = [value for value, _ in sink.written if value is not None]
    assert shown[0] == 1
    assert shown[-1] == 4
    assert [number for _, number in sink.written] == sorted({number for _, number in sink.written})
    assert sink.began_s == 77.0
    assert told.repeated >= 3
    assert told.dropped >= 4 - len(shown)
    assert told.cost_ms >= 0
    assert sink.ends == ["finish", "end", "close"]


def test_what_does_not_fit_is_counted_and_nothing_is_raised() -> None:
    sink = Sink()
    pusher = pusher_of(sink)
    for pixels in (np.zeros((3, 3, 4), np.uint8), np.zeros((SIZE, SIZE, 4)), np.zeros((SIZE, SIZE, 3), np.uint8)):
        pusher.offer(pixels, 0.0)
    assert pusher.status().dropped == 3
    pusher.close()
    pusher.offer(filled(1), 0.0)
    pusher.close()
    assert sink.written == []
    assert sink.ends == ["end", "close"]


def test_an_encoder_that_fails_is_told_and_nothing_else_ends() -> None:
    sink: Any = Sink()
    sink.error = av.error.ExternalError(1, "Generic error in an external library", "rtmp://h/live/hunter2")
    with pusher_of(sink) as pusher:
        pusher.offer(filled(1), 0.0)
        until(lambda: pusher.status().state == "failed")
        pusher.offer(filled(2), 0.0)
        note = pusher.status().note
    assert note == "pictures cannot be encoded any more: Generic error in an external library"
    assert sink.ends == ["end", "close"]


def test_a_mistake_in_what_sounds_is_told_too(caplog: pytest.LogCaptureFixture) -> None:
    sink: Any = Sink()
    sink.error = IndexError("rtmp://h/live/hunter2")
    with pusher_of(sink) as pusher:
        pusher.offer(filled(1), 0.0)
        until(lambda: pusher.status().state == "failed")
        note = pusher.status().note
    assert note == "pictures cannot be encoded any more: see the log"
    assert "IndexError" in caplog.text
    assert "in write" in caplog.text, "where it was"
    assert "hunter2" not in caplog.text


def test_both_forms_of_picture_are_taken() -> None:
    sink = Sink()
    with pusher_of(sink) as pusher:
        pusher.offer(np.zeros((SIZE * 3 // 2, SIZE), np.uint8), 0.0)
        assert pusher.status().dropped == 0

"""Fixtures for every test: OpenGL without a window, a guard on what tests leave running, strict floating point."""

from __future__ import annotations

import faulthandler
import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Before anything imports Qt: its `offscreen` platform can show no GL widget.
if sys.platform.startswith("linux"):
    os.environ["QT_QPA_PLATFORM"] = "xcb"
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Whoever starts the tests in the background has Ctrl-C ignored for them, and it would be ignored in what they test.
signal.signal(signal.SIGINT, signal.default_int_handler)

import numpy as np
import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key
from hypothesis import HealthCheck, settings

from gpu_core.errors import GLError
from tests.images import Approval

if TYPE_CHECKING:
    from gpu_core.gl.context import GLInfo

THREAD_GRACE_S = 2.0
A_PROCESS_DIED = 70  # the exit code that tells ./test so; no test has failed
_died = pytest.StashKey[bool]()

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag of the golden pictures."""
    parser.addoption(
        "--regenerate-references", action="store_true", help="write tests/references instead of comparing with them"
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What has been imported and collected by now need not be looked at whenever a window is cleared away."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Of xdist's: one of the processes has ended, with an error if it was not asked to."""
    if error:
        node.config.stash[_died] = True


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell a process that died from tests that failed: what was still to run in it has not been run at all."""
    if session.config.stash.get(_died, False) and session.testsfailed <= 1:  # the one that it was at
        session.exitstatus = A_PROCESS_DIED


@pytest.hookimpl(trylast=True)
def pytest_exception_interact(node: object) -> None:
    """Watch what clears up after a test that failed, too: at a failure pytest's own watch on what hangs stops."""
    if not isinstance(node, pytest.Item):
        return
    timeout_s = float(node.config.getini("faulthandler_timeout") or 0)
    if timeout_s > 0:
        ends = bool(node.config.getini("faulthandler_exit_on_timeout"))
        faulthandler.dump_traceback_later(timeout_s, exit=ends, file=node.config.stash[fault_handler_stderr_fd_key])


def need(name: str, reason: str) -> None:
    """Skip a test for want of `name`, or fail it where EXPECT_<name>=1 says that it has to be there."""
    if os.environ.get(f"EXPECT_{name}") == "1":
        pytest.fail(f"EXPECT_{name}=1, but {reason}", pytrace=False)
    pytest.skip(reason, allow_module_level=True)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Hold tests back that need a screen or a GPU that is not there."""
    if item.get_closest_marker("display") and sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        need("DISPLAY", "there is no screen and no Xvfb")
    if item.get_closest_marker("gpu") and (problem := _why_no_gpu()):
        need("GPU", problem)


def _why_no_gpu() -> str:
    """Why the NVIDIA path cannot be tested on hardware here; "" if it can."""
    from gpu_core.cuda.driver import probe

    return probe().problem


@pytest.fixture(autouse=True)
def strict_floats() -> Iterator[None]:
    """Overflow, division by zero and NaN are errors; underflow to zero is what fading out is."""
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        yield


@pytest.fixture(autouse=True)
def no_dangling_threads(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whoever starts a thread has to end it within its test."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and not thread.daemon]
    for thread in left:
        thread.join(THREAD_GRACE_S)
    left = [thread for thread in left if thread.is_alive()]
    assert not left, f"threads left running: {left}"
    if request.node.get_closest_marker("display"):
        # Who still runs an engine, or a voice, holds the collector; and what has been put aside is not in get_objects.
        assert gc.isenabled(), "the garbage collector was left to a window: see viewer.garbage"
        assert not _running_qthreads(), "a QThread was left running"


def _running_qthreads() -> list[object]:
    from PySide6.QtCore import QThread

    main, kinds = QThread.currentThread(), _with_subclasses(QThread)
    # type(), not isinstance(): asking a dead weak proxy for its class raises. A set: everything there is is looked at.
    threads = [thing for thing in gc.get_objects() if type(thing) in kinds]
    return [thread for thread in threads if thread is not main and thread.isRunning()]


def _with_subclasses(kind: type) -> set[type]:
    return {kind}.union(*(_with_subclasses(one) for one in kind.__subclasses__()))


@pytest.fixture
def gl_context() -> Iterator[GLInfo]:
    """A headless OpenGL context, current on this thread; fails the test if it leaves a GL error behind."""
    try:
        from gpu_core.gl.context import headless_context
    except (ImportError, AttributeError, OSError) as error:
        need("GL", f"PyOpenGL finds no EGL: {error}")
    context = headless_context()
    try:
        info = context.__enter__()
    except GLError as error:
        need("GL", str(error))
    try:
        from OpenGL import GL

        assert GL.glGetError() == GL.GL_NO_ERROR
        yield info
        assert GL.glGetError() == GL.GL_NO_ERROR, "the test left an OpenGL error behind"
    finally:
        context.__exit__(None, None, None)


@pytest.fixture
def approve(request: pytest.FixtureRequest, gl_context: GLInfo) -> Approval:
    """`approve(image, name)`: compare a picture drawn in `gl_context` with tests/references/NAME.png."""
    regenerate = bool(request.config.getoption("--regenerate-references"))
    return Approval(Path(__file__).parent, regenerate, gl_context.renderer)

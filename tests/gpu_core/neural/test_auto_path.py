"""The path that changes: every way from one path to another, over fakes that keep the protocol."""

from __future__ import annotations

import logging

import pytest

from gpu_core.errors import CudaError, InferenceError, PathUnavailable, PlanCancelled, PlanError
from gpu_core.neural.auto_path import AutoPath, PlanNotReady
from gpu_core.path_state import PathState
from gpu_core.plans.progress import PlanProgress
from gpu_core.settings import Traffic
from gpu_core.timing import StageTimer

MAP_REFUSED = CudaError("cuGraphicsMapResources", 304, "CUDA_ERROR_OPERATING_SYSTEM")
LOST = CudaError("cuLaunchKernelEx", 700, "CUDA_ERROR_ILLEGAL_ADDRESS")
HALF = PlanProgress("tactics", 0.5, 3.0, 3.0)


class FakePending:
    def __init__(self, path, target):
        self.path, self.target = path, target
        self.traffic = Traffic(1, 2)

    def ready(self):
        self.path.maybe_fail("ready")
        return True

    def late_stages(self):
        return ()

    def finish(self, timer):
        self.path.pending -= 1
        self.path.maybe_fail("finish")
        self.path.drawn.append(self.target)


class FakePath:
    def __init__(self, name, tier="", reason="a test"):
        self.state = PathState(name, reason, "fake", tier)
        self.depth, self.pictures = 2, frozenset({"render"})
        self.drawn, self.pending, self.closed, self.fails = [], 0, 0, {}

    def maybe_fail(self, where):
        if where in self.fails:
            raise self.fails[where]

    def submit(self, target, timer):
        self.maybe_fail("submit")
        self.pending += 1
        return FakePending(self, target)

    def advance(self):
        pass

    def try_out(self):
        self.drawn.append("trial")

    def on_ready(self, callback):
        self.callback = callback

    def close(self):
        assert not self.pending, "closed under a batch"
        self.closed += 1


class FakeWay:
    """A GPU on which a plan takes as many looks as `steps` has entries."""

    pictures = frozenset({"render"})

    def __init__(self, steps=(), refuses=()):
        self.steps, self.refuses = list(steps), dict(refuses)
        self.opened, self.cancelled, self.closed, self.lost = [], False, 0, False

    def progress(self):
        if self.cancelled:
            raise PlanCancelled("the build was cancelled")
        step = self.steps.pop(0) if self.steps else None
        if isinstance(step, Exception):
            raise step
        return step

    def open(self, below="", why=""):
        if below in self.refuses:
            raise self.refuses[below]
        path = FakePath("cuda", {"": "image", "image": "pixel buffer", "pixel buffer": "host copy"}[below], why)
        self.opened.append(path)
        return path

    def tier_below(self, error, tier):
        self.lost = self.lost or getattr(error, "is_sticky", False)
        return tier if getattr(error, "is_interop", False) and tier != "host copy" else None

    def cancel(self):
        self.cancelled = True

    def close(self):
        self.closed += 1


@pytest.fixture
def hosts():
    return []


@pytest.fixture
def auto(hosts):
    made = []

    def open_host(reason):
        hosts.append(FakePath("host", reason=reason))
        return hosts[-1]

    def make(way, *, strict=False):
        made.append(AutoPath(way, None if strict else open_host, 2))
        return made[-1]

    yield make
    for path in made:
        path.close()
        path.close()


def draw(path, target="set"):
    timer = StageTimer()
    pending = path.submit(target, timer)
    assert pending.ready()
    pending.finish(timer)
    return pending


def test_a_cached_plan_serves_at_once_and_the_host_is_never_opened(auto, hosts):
    way = FakeWay()
    path = auto(way)
    draw(path)
    assert path.state.name == "cuda"
    assert not hosts
    assert way.opened[0].drawn == ["set"]


def test_the_host_serves_while_a_plan_is_built_and_leaves_between_two_batches(auto, hosts):
    way = FakeWay([HALF, HALF])
    path = auto(way)
    assert (path.state.name, path.state.building) == ("host", HALF)
    timer = StageTimer()
    early = path.submit("first", timer)
    path.advance()
    path.advance()
    assert (path.state.name, path.state.building) == ("cuda", None)
    assert not hosts[0].closed  # its batch is still under way
    early.finish(timer)
    assert hosts[0].drawn == ["first"]
    assert hosts[0].closed == 1
    draw(path, "second")
    assert way.opened[0].drawn == ["second"]


def test_a_build_that_fails_or_is_cancelled_leaves_the_host_and_says_why(auto, hosts, caplog):
    path = auto(FakeWay([HALF, PlanError("TensorRT: no memory for tactic 7")]))
    path.advance()
    assert path.state.name == "host"
    assert "no memory for tactic 7" in path.state.reason
    assert "no memory for tactic 7" in caplog.text
    cancelled = auto(FakeWay([HALF, HALF]))
    cancelled.cancel_building()
    cancelled.advance()
    assert cancelled.state.building is None
    assert "cancelled" in cancelled.state.reason
    draw(cancelled)
    assert hosts[-1].drawn == ["set"]


@pytest.mark.parametrize("where", ["submit", "finish", "ready"])
def test_a_refused_mapping_goes_down_a_tier_and_loses_no_picture(auto, where):
    way = FakeWay()
    path = auto(way)
    way.opened[0].fails[where] = MAP_REFUSED
    if where == "ready":
        way.opened[0].fails["finish"] = MAP_REFUSED
    draw(path)
    assert path.state.tier == "pixel buffer"
    assert "304" in path.state.reason
    assert way.opened[1].drawn == ["set"]
    assert way.opened[0].closed == 1


def test_a_lost_device_means_the_host_for_good(auto, hosts, caplog):
    way = FakeWay()
    path = auto(way)
    timer = StageTimer()
    way.opened[0].fails["finish"] = LOST
    both = [path.submit(target, timer) for target in ("a", "b")]
    for pending in both:
        pending.finish(timer)
    assert way.lost
    assert hosts[0].drawn == ["a", "b"]
    assert len(hosts) == len(way.opened) == 1
    assert "700" in path.state.reason
    assert sum("700" in line for line in caplog.messages) == 1
    draw(path, "c")
    assert hosts[0].drawn[-1] == "c"


@pytest.mark.parametrize("where", ["submit", "finish"])
def test_a_path_that_turns_out_to_be_unavailable_is_left(auto, hosts, where):
    """As when a kernel has to be compiled and the compiler is gone."""
    way = FakeWay()
    path = auto(way)
    way.opened[0].fails[where] = PathUnavailable("no compiler")
    draw(path)
    assert hosts[0].drawn == ["set"]
    assert "no compiler" in path.state.reason


def test_tiers_that_cannot_be_opened_end_at_the_host(auto, hosts):
    way = FakeWay(refuses={"image": PathUnavailable("no pixel buffers")})
    path = auto(way)
    way.opened[0].fails["submit"] = MAP_REFUSED
    draw(path)
    assert path.state.name == "host"
    assert "no pixel buffers" in path.state.reason
    assert hosts[0].drawn == ["set"]


def test_a_plan_refused_on_the_next_tier_is_waited_for_on_the_host(auto, hosts):
    way = FakeWay(refuses={"image": PlanNotReady("built again")})
    path = auto(way)
    way.opened[0].fails["submit"] = MAP_REFUSED
    way.steps = [HALF]
    draw(path)
    assert path.state.name == "host"
    path.advance()
    assert path.state.building == HALF
    path.advance()
    assert path.state.name == "cuda"
    assert "built again" not in path.state.reason


def test_cuda_by_hand_never_changes(auto, hosts):
    way = FakeWay()
    path = auto(way, strict=True)
    way.opened[0].fails["submit"] = MAP_REFUSED
    for _ in range(2):
        with pytest.raises(InferenceError, match="304"):
            path.submit("set", StageTimer())
    assert path.state.serving
    assert len(way.opened) == 1
    assert not hosts


def test_cuda_by_hand_shows_the_render_image_until_its_plan_is_there(auto):
    path = auto(FakeWay([HALF]), strict=True)
    assert not path.state.serving
    assert path.state.building == HALF
    path.advance()
    assert path.state.serving
    draw(path)


def test_cuda_by_hand_that_cannot_open_is_refused(auto):
    way = FakeWay(refuses={"": PathUnavailable("no device")})
    with pytest.raises(PathUnavailable, match="no device"):
        auto(way, strict=True)
    assert way.closed


def test_every_path_tells_the_same_listener(auto, hosts):
    told = []
    path = auto(FakeWay([HALF]))
    path.on_ready(lambda: told.append(1))
    hosts[0].callback()
    path.advance()
    path._path.callback()
    assert len(told) == 2


def test_a_change_is_logged_once(auto, caplog):
    with caplog.at_level(logging.INFO):
        path = auto(FakeWay([HALF]))
        path.advance()
        path.advance()
    assert sum(message.startswith("path: cuda") for message in caplog.messages) == 1

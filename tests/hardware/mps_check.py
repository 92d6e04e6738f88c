"""MPS on this GPU: do pictures of OpenGL pass under it, what do two workers gain, what does one's end cost the other.

    python -m tests.hardware.mps_check [--json FILE] [--seconds 8] [--gpu UUID] [--path cuda] [--skip-death]

Off, then on, in one run, each with two worker processes at once (256 x 256); then one worker with a quarter of the
threads; then one of two is killed in the midst of its work. Starts a daemon of Mien's own, and stops it. What the
daemon says to each question is kept as it was said: nobody has documented its layout.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from gpu_core.errors import MienError, MpsError
from gpu_core.mps.comparing import compare_ways
from gpu_core.mps.control import ask, read_log
from gpu_core.mps.deaths import read_death, what_they_took
from gpu_core.mps.environment import worker_environment
from gpu_core.mps.gpus import first_gpu
from gpu_core.mps.looking import look
from gpu_core.mps.places import Mps
from gpu_core.mps.processes import daemon_of
from gpu_core.mps.running import end_client, started
from viewer.streams.values import MpsLimits

SIZE, WORKERS = 256, 2
START_S = 240.0  # a plan may have to be built


def main() -> None:
    """Run all of it; a part that fails leaves the others."""
    options = _options()
    if options.child:
        _child(options.child, options.path)
        return
    told: dict[str, Any] = {}
    try:
        gpu = options.gpu or first_gpu()
        _workers({}, 1, options)  # builds the plan and compiles the kernels, with the whole GPU
        found = compare_ways(lambda environment: _workers(environment, WORKERS, options), gpu)
        told |= {"off": found.off, "on": found.on}
        told["gain"] = round(sum(one["fps"] for one in found.on) / sum(one["fps"] for one in found.off), 3)
        with started(gpu) as mps:
            told |= {"asked": _asked(mps, options), "quarter": _quarter(mps, options)}
            if not options.skip_death:
                told |= {"killed": _death(mps, options, politely=False), "ended": _death(mps, options, politely=True)}
        told["gone"] = daemon_of(mps.pipes) is None
    except (MienError, subprocess.TimeoutExpired) as error:
        told["FAILED"] = str(error)
    text = json.dumps(told, indent=1, default=str)
    if options.json:
        options.json.write_text(text, encoding="utf-8")
    print(text)
    sys.exit("FAILED" in told)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="MPS on this GPU.")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--gpu", default="")
    parser.add_argument("--path", default="cuda")
    parser.add_argument("--skip-death", action="store_true")
    parser.add_argument("--child", type=float, default=0.0, metavar="SECONDS")
    return parser.parse_args()


# ---- a worker ------------------------------------------------------------------------------------------------------


def _child(seconds: float, path: str) -> None:
    """Draw for so long, from when a line came in; a JSON line before and two after. Ends with CUDA's error, if any."""
    from gpu_core.assets import DEFAULT_FACE, resource
    from gpu_core.cuda.calls import check_not_lost
    from gpu_core.cuda.driver import probe
    from gpu_core.engine import Engine
    from gpu_core.gl.context import headless_context
    from gpu_core.gltf.face import load_face
    from gpu_core.neural.library import generator_for
    from gpu_core.settings import EngineSettings
    from viewer.benches.as_asked import wait_as_asked

    face = load_face(resource(*DEFAULT_FACE))
    settings = EngineSettings(size=SIZE, path=path)
    with headless_context(), Engine(face, generator_for(face), settings) as engine:
        wait_as_asked(engine, settings)
        _play(engine, 0.5)  # compiles, captures
        _say({"pid": os.getpid(), "ready": True})
        sys.stdin.readline()
        times = _play(engine, seconds)
        state, report = engine.path_state, probe()
    try:
        check_not_lost()
    except MienError as error:
        sys.exit(f"mien: {error}")
    devices = [{"mps_enabled": one.mps_enabled, "uuid": one.uuid} for one in report.devices]
    figures = {"frames": len(times), "fps": round(len(times) / seconds, 2), "ms": _percentiles(times)}
    _say(figures | {"path": state.name, "tier": state.tier, "tier_reason": state.tier_reason, "reason": state.reason})
    _say({"devices": devices, "multiprocessors": _multiprocessors()})


def _play(engine: Any, seconds: float) -> list[float]:
    """As fast as it goes; milliseconds between pictures."""
    from gpu_core.expression import NEUTRAL
    from gpu_core.settings import FrameRequest, View

    asked, times, last = 0, list[float](), time.perf_counter()
    until = last + seconds
    while last < until:
        while engine.can_submit:
            weights = {"jawOpen": asked % 24 / 24}
            engine.submit(FrameRequest((NEUTRAL.with_weights(weights),), frozenset({View.GENERATED})))
            asked += 1
        for frame in engine.collect(wait=True):
            now = time.perf_counter()
            times.append((now - last) * 1e3)
            last = now
            engine.recycle(frame)
    return times


def _percentiles(times: list[float]) -> dict[str, float]:
    return {f"p{share}": round(float(np.percentile(times, share)), 3) for share in (50, 95, 99)}


def _multiprocessors() -> Any:
    """As this client sees them: whether a share of the threads shows in it is one of the questions."""
    try:
        from cuda.bindings import driver

        from gpu_core.cuda.driver import call

        return int(call("cuDeviceGetAttribute", driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, 0))
    except (ImportError, MienError) as error:
        return str(error)


def _say(value: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


# ---- what is measured ----------------------------------------------------------------------------------------------


class _Worker:
    """A child process that is ready to play."""

    def __init__(self, environment: Mapping[str, str], seconds: float, path: str) -> None:
        command = [sys.executable, "-m", "tests.hardware.mps_check", "--child", str(seconds), "--path", path]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, env={**os.environ, **environment}, **pipes)  # type: ignore[call-overload]

    def wait_until_ready(self) -> None:
        """Raises MpsError with its last words if it ends first."""
        if "ready" not in self.process.stdout.readline():
            raise MpsError(f"a worker did not get ready: {self.end()[1]}")

    def play(self) -> None:
        """Let it begin."""
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def end(self) -> tuple[dict[str, Any], str]:
        """Its figures, and how it ended: "" for well."""
        out, words = self.process.communicate(timeout=START_S)
        figures: dict[str, Any] = {}
        for line in out.splitlines():
            figures |= json.loads(line)
        code = self.process.returncode
        last = next((line for line in reversed(words.splitlines()) if line.strip()), "")
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        return figures, "" if not code else f"{how}: {last}"


def _workers(environment: Mapping[str, str], count: int, options: argparse.Namespace) -> list[dict[str, Any]]:
    """So many at once, from the same moment."""
    workers = [_Worker(environment, options.seconds, options.path) for _ in range(count)]
    try:
        for worker in workers:
            worker.wait_until_ready()
        for worker in workers:
            worker.play()
        ended = [worker.end() for worker in workers]
    finally:
        for worker in workers:
            worker.process.kill()
    for _, how in ended:
        if how:
            raise MpsError(f"a worker {how}")
    return [figures for figures, _ in ended]


def _asked(mps: Mps, options: argparse.Namespace) -> dict[str, Any]:
    """Every question while a client is there, with the answer as it was given and as it was understood."""
    worker = _Worker(worker_environment(MpsLimits(50, 4096, "below"), mps), options.seconds, options.path)
    try:
        worker.wait_until_ready()
        state = look(mps)
        servers = [server.pid for server in state.servers]
        questions = ["get_server_list", "ps", "get_default_active_thread_percentage"]
        questions += [f"{question} {pid}" for pid in servers for question in ("get_server_status", "get_client_list")]
        return {"state": asdict(state), "said": {question: _answer(mps, question) for question in questions}}
    finally:
        worker.process.kill()
        worker.process.communicate()


def _answer(mps: Mps, question: str) -> str:
    try:
        return ask(mps, question)
    except MpsError as error:
        return f"FAILED {error}"


def _quarter(mps: Mps, options: argparse.Namespace) -> Any:
    """One alone with all threads, and with a quarter of them."""
    shares = {percent: worker_environment(MpsLimits(percent), mps) for percent in (0.0, 25.0)}
    return {f"{percent:g}": _workers(said, 1, options) for percent, said in shares.items()}


def _death(mps: Mps, options: argparse.Namespace, *, politely: bool) -> dict[str, Any]:
    """Kill one of two in the midst of its work, with or without having the server end it first."""
    workers = [_Worker(worker_environment(MpsLimits(), mps), options.seconds, options.path) for _ in range(2)]
    try:
        for worker in workers:
            worker.wait_until_ready()
        for worker in workers:
            worker.play()
        time.sleep(options.seconds / 3)
        was_ended = end_client(mps, workers[0].process.pid) if politely else None
        workers[0].process.kill()
        ends = [worker.end() for worker in workers]
    finally:
        for worker in workers:
            worker.process.kill()
    deaths = [read_death(number, float(number), how) for number, (_, how) in enumerate(ends, 1) if how]
    taken = [one.text for one in what_they_took(deaths, under_mps=True)]
    log = read_log(mps, "server.log")
    return {"server ended it": was_ended, "ends": ends[1], "said": taken, "server.log": log}


if __name__ == "__main__":
    main()

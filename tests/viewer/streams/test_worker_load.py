"""viewer.streams.worker_load: psutil's figures, and this process' share of the GPU where one is told."""

from __future__ import annotations

from gpu_core.nvml import GpuSample
from gpu_core.telemetry import UtilisationSample
from viewer.streams.worker_load import Load, LoadMeter, SharedMeter


class FakeSampler:
    description = "fake"

    def __init__(self, gpu: GpuSample | None) -> None:
        self.gpu, self.watched, self.closed = gpu, "", False

    def sample(self) -> UtilisationSample:
        return UtilisationSample(0, 87.0, 50.0, 340.5, self.gpu)

    def watch(self, uuid: str) -> None:
        self.watched = uuid

    def close(self) -> None:
        self.closed = True


def test_a_share_of_the_gpu_is_this_process_own() -> None:
    sampler = FakeSampler(GpuSample(busy_percent=90.0, own_sm_percent=12.0))
    meter = LoadMeter(sampler)
    meter.watch("")
    assert sampler.watched == ""
    meter.watch("GPU-1")
    assert sampler.watched == "GPU-1"
    assert meter.now() == Load(87.0, 12.0, 340.5)
    meter.close()
    assert sampler.closed


def test_without_a_gpu_nothing_is_told() -> None:
    assert LoadMeter(FakeSampler(None)).now() == Load(87.0, None, 340.5)


def test_this_machine_answers() -> None:
    meter = LoadMeter()
    assert meter.now().memory_mb > 10
    meter.close()


def test_faces_of_one_process_share_its_load_and_ask_once_for_all() -> None:
    taken: list[Load] = []

    class Whole(LoadMeter):
        def now(self) -> Load:
            taken.append(super().now())
            return taken[-1]

    sampler = FakeSampler(GpuSample(busy_percent=90.0, own_sm_percent=12.0))
    meter = SharedMeter(3, Whole(sampler), every_s=60.0)
    meter.watch("GPU-1")
    assert [meter.now() for _ in range(3)] == [Load(29.0, 4.0, 340.5)] * 3
    assert len(taken) == 1
    assert sampler.watched == "GPU-1"
    meter.close()
    assert sampler.closed


def test_without_a_gpu_there_is_nothing_to_share() -> None:
    assert SharedMeter(2, LoadMeter(FakeSampler(None))).now() == Load(43.5, None, 340.5)

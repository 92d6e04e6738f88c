"""Trains the generator on random crops, resumable: a checkpoint every few minutes, the best average kept.

Loss: absolute error, of pixels, of their differences to the right and below (edges), and of a 4x4 average (tones); the
face region counts three times. Weights are averaged over the last updates (EMA), which is what gets exported.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor
from torch.nn.functional import avg_pool2d

from generator_recipe.evaluation import face_region, mean_psnr
from generator_recipe.growth import inherit
from generator_recipe.network import Generator, NetworkSize
from generator_recipe.pairs import Pairs
from viewer.performance.trained_range import TrainedRange

_CHECKPOINT_SECONDS = 120.0


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn. `minutes` counts over all resumed runs."""

    minutes: float
    batch: int = 4
    crop: int = 256
    rate: float = 8e-4
    threads: int = 2
    seed: int = 0


class Trainer:
    """Holds network, optimiser and averages; `run` goes on until the schedule's minutes are used up.

    `sources` are all trained on, a picture of each as likely as any other. `start` lends its weights: see `growth`.
    """

    def __init__(
        self,
        size: NetworkSize,
        sources: Sequence[Pairs],
        held_out: Pairs,
        schedule: Schedule,
        work: Path,
        start: Generator | None = None,
    ) -> None:
        torch.set_num_threads(schedule.threads)
        torch.set_flush_denormal(True)
        torch.manual_seed(schedule.seed)
        self.size, self.sources, self.held_out, self.schedule, self.work = size, sources, held_out, schedule, work
        self._pictures = [(source, row) for source in sources for row in range(len(source.rows))]
        self.network = Generator(size).to(memory_format=torch.channels_last)
        if start is not None:
            inherit(self.network, start)
        learned = [p for p in self.network.parameters() if p.requires_grad]
        self.optimiser = torch.optim.AdamW(learned, lr=schedule.rate, betas=(0.9, 0.98), weight_decay=1e-4)
        self.average = {k: v.clone() for k, v in self.network.state_dict().items()}
        self.random = np.random.default_rng(schedule.seed)
        self.steps, self.seconds, self.curve = 0, 0.0, []
        self._pixels = held_out.inputs.shape[-1]
        self._weight = region_weight(self._pixels)
        if self.checkpoint.exists():
            self._resume()

    @property
    def checkpoint(self) -> Path:
        return self.work / "checkpoint.pt"

    def run(self) -> None:
        """Train until the minutes are used up, reporting held-out quality at every checkpoint."""
        started, saved = time.monotonic() - self.seconds, time.monotonic()
        while self.seconds < 60 * self.schedule.minutes:
            loss = self.step()
            self.seconds = time.monotonic() - started
            if time.monotonic() - saved > _CHECKPOINT_SECONDS or self.seconds >= 60 * self.schedule.minutes:
                self.save(loss)
                saved = time.monotonic()

    def step(self) -> float:
        """One update on one batch of crops; returns the loss."""
        self._set_rate()
        inputs, truth, weight = self._batch()
        with torch.autocast("cpu", torch.bfloat16):
            made = self.network(inputs)
        loss = pair_loss(made.float(), truth, weight)
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.steps += 1
        self._follow(min(0.999, (1 + self.steps) / (10 + self.steps)))
        return loss.item()

    def _set_rate(self) -> None:
        done = min(1.0, self.seconds / (60 * self.schedule.minutes))
        warm = min(1.0, (self.steps + 1) / 50)
        for group in self.optimiser.param_groups:
            group["lr"] = max(self.schedule.rate * warm * (1 - done), 1e-5)

    def _batch(self) -> tuple[Tensor, Tensor, Tensor]:
        crop, inputs, truth, weight = self.schedule.crop, [], [], []
        for index in self.random.integers(0, len(self._pictures), self.schedule.batch):
            source, row = self._pictures[index]
            top, left = self.random.integers(0, (self._pixels - crop) // 2 + 1, 2) * 2
            window = (..., slice(top, top + crop), slice(left, left + crop))
            inputs.append(source.inputs[row][window])
            truth.append(source.truth[row][window])
            weight.append(self._weight[window])
        as_floats = lambda arrays: torch.from_numpy(np.stack(arrays)).float().div_(255)  # noqa: E731
        return as_floats(inputs).contiguous(memory_format=torch.channels_last), as_floats(truth), torch.stack(weight)

    def _follow(self, decay: float) -> None:
        with torch.no_grad():
            for name, value in self.network.state_dict().items():
                self.average[name].lerp_(value, 1 - decay)

    def description(self) -> dict[str, Any]:
        """What the card says about the training."""
        schedule = self.schedule
        return {
            "pairs": len(self._pictures) - self._taught, "taught_pairs": self._taught,
            "minutes": round(self.seconds / 60), "steps": self.steps, "pixels": self._pixels, "crop": schedule.crop,
            "batch": schedule.batch,
            "threads": schedule.threads, "seed": schedule.seed, "network": asdict(self.size),
            "reach": TrainedRange.of(row.expression for source in self.sources for row in source.rows).to_dict(),
        }  # fmt: skip

    @property
    def _taught(self) -> int:
        return sum(row.split == "taught" for source in self.sources for row in source.rows)

    def averaged(self) -> Generator:
        """A copy of the network with the averaged weights, for evaluation and export."""
        network = Generator(self.size)
        network.load_state_dict(self.average)
        return network.eval()

    def save(self, loss: float) -> None:
        """Evaluate on some held-out pairs, write checkpoint and curve: either the old or the new one is on disk."""
        psnr = mean_psnr(self.averaged(), self.held_out, face_region(self._pixels), limit=8)
        self.curve.append({"minutes": self.seconds / 60, "steps": self.steps, "loss": loss, "held_out_face_psnr": psnr})
        print(f"{self.seconds / 60:6.1f} min  {self.steps:6d} steps  loss {loss:.4f}  face {psnr:.2f} dB", flush=True)
        state = {
            "size": asdict(self.size), "network": self.network.state_dict(), "average": self.average,
            "optimiser": self.optimiser.state_dict(), "steps": self.steps, "seconds": self.seconds, "curve": self.curve,
        }  # fmt: skip
        unfinished = self.checkpoint.with_suffix(".unfinished")
        torch.save(state, unfinished)
        unfinished.replace(self.checkpoint)
        (self.work / "curve.json").write_text(json.dumps(self.curve))

    def _resume(self) -> None:
        state = torch.load(self.checkpoint, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.average, self.curve = state["average"], state["curve"]
        self.steps, self.seconds = state["steps"], state["seconds"]
        self.random = np.random.default_rng(self.schedule.seed + self.steps)


def trained_network(source: Path) -> tuple[Generator, str]:
    """A network as the work folder of its training or the file it shipped as has it, and a name for this state of it.

    Of a training, finished or not, the averaged weights.
    """
    if source.suffix == ".onnx":
        return shipped_network(source)
    state = torch.load(source / "checkpoint.pt", weights_only=True)
    network = Generator(NetworkSize(**state["size"]))
    network.load_state_dict(state["average"])
    return network.eval(), f"{source.name}-{state['steps']}"


def shipped_network(path: Path) -> tuple[Generator, str]:
    """The network of an FP32 file of this recipe's; its card says of what size it is."""
    card = json.loads(path.with_suffix(".json").read_text())
    network = Generator(NetworkSize(**card["training"]["network"]))
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}
    network.load_state_dict(
        {name: torch.tensor(weights[f"network.{name}"]) for name in network.state_dict()}  # `export.Clamped` around it
    )
    return network.eval(), f"{path.stem}-{card['sha256'][:8]}"


def region_weight(pixels: int) -> Tensor:
    """(1, pixels, pixels): 3 in the face region, 1 elsewhere, scaled to a mean of 1."""
    weight = torch.ones(1, pixels, pixels)
    weight[(..., *face_region(pixels))] = 3.0
    return weight / weight.mean()


def pair_loss(made: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    """The loss of one batch: see the module's docstring. (B, 4, H, W) each, weight (B, 1, H, W)."""
    error = made - truth
    right = (error[..., :, 1:] - error[..., :, :-1]).abs() * weight[..., :, 1:]
    below = (error[..., 1:, :] - error[..., :-1, :]).abs() * weight[..., 1:, :]
    tones = avg_pool2d(error, 4).abs()
    return (error.abs() * weight).mean() + 0.6 * (right.mean() + below.mean()) + 0.5 * tones.mean()

"""`mien bench quality`: the generators' pictures against path-traced ones that none of them was trained on.

Every row holds means over the held-out pictures; `render_image` is what a viewer without a generator would show.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core import quality
from gpu_core.face import FaceAsset
from gpu_core.neural.model import GeneratorModel
from gpu_core.neural.pixels import resized
from viewer.benches.drawing import SIZE, Drawing, Drawn, opened_drawing
from viewer.benches.networks import MEANS, Run, open_network, precisions, to_picture
from viewer.benches.truth import Pose, Truth, read_premultiplied

Picture = NDArray[np.float32]  # (H, W, 4) premultiplied, 0..1
RENDER_IMAGE = "render_image"
# Of an FP16 picture against its FP32 one; printed beside what was reached.
GOALS = {"psnr_vs_fp32": "at least 60 dB (stretch 70)", "flip_vs_fp32": "at most 0.004 (stretch 0.002)"}
_WORST = 10
_ROUNDED = 5


@dataclass(frozen=True)
class Candidate:
    """One row: something that makes a picture of what was drawn."""

    name: str
    model: GeneratorModel | None = None
    run: Run | None = None
    reference: str = ""  # the row of the same generator in FP32, if this is another precision

    def picture(self, drawn: Drawn) -> Picture:
        """The picture it makes, as large as what was drawn."""
        if self.model is None or self.run is None:
            return drawn.render
        said, output = self.model.signature.output, self.run(drawn.tensors(self.model.signature))
        cover = resized(drawn.render[..., 3], said.width, said.height)
        return resized(to_picture(output, said, cover), drawn.size, drawn.size)


@dataclass
class Row:
    """What has been measured of one candidate so far: figures of each still, and of each sequence."""

    ids: list[str] = field(default_factory=list)
    stills: list[dict[str, float]] = field(default_factory=list)
    sequences: dict[str, dict[str, float | None]] = field(default_factory=dict)

    def worst(self) -> list[str]:
        """Ids of the frames with the lowest PSNR in the face region, worst first."""
        order = np.argsort([figures["psnr_face"] for figures in self.stills], kind="stable")
        return [self.ids[index] for index in order[:_WORST]]

    def summary(self) -> dict[str, Any]:
        """Means over the pictures, flicker as the mean over the sequences (None without any)."""
        result: dict[str, Any] = {
            name: round(float(np.mean([figures[name] for figures in self.stills])), _ROUNDED) for name in self.stills[0]
        }
        flickers = [figures["flicker"] for figures in self.sequences.values() if figures["flicker"] is not None]
        result["flicker"] = round(float(np.mean(flickers)), _ROUNDED) if flickers else None
        return result | {"frames": len(self.stills), "sequences": self.sequences, "worst": self.worst()}


def candidates(models: Sequence[GeneratorModel], only: Sequence[str] | None = None) -> list[Candidate]:
    """The render image, and every generator in every precision this machine can show (or the precisions in `only`)."""
    found = [Candidate(RENDER_IMAGE)]
    for model in models:
        for precision in precisions(model):
            if only is None or precision in only or precision == model.precision:
                reference = "" if precision == model.precision else f"{model.name}.{model.precision}"
                file = (model.variant("int8") if precision == "int8" else None) or model  # its tensors may differ
                found.append(Candidate(f"{model.name}.{precision}", file, open_network(model, precision), reference))
    return found


def measure_quality(face: FaceAsset, truth: Truth, rows: Sequence[Candidate], size: int = SIZE) -> dict[str, Any]:
    """Every row's figures by its name, and under `method` how they were made.

    `size`: pixels a side of what is drawn and compared.

    Raises:
        MienError: a metric's library is missing, a picture damaged, no GL context.
    """
    measured = {row.name: Row() for row in rows}
    wanted = frozenset(picture for row in rows if row.model for picture in row.model.signature.pictures)
    with opened_drawing(face, wanted, size) as drawing:
        for pose in _counted(truth.stills, "held-out pictures"):
            _measure_still(drawing.draw(pose.expression), pose, rows, measured)
        for name, frames in truth.sequences.items():
            _measure_sequence(drawing, name, frames, rows, measured)
    means = {precision: text for precision, text in MEANS.items() if any(r.name.endswith(precision) for r in rows)}
    return {name: row.summary() for name, row in measured.items()} | {
        "method": quality.METHOD | {"pixels": size, "precisions": means}
    }


def _measure_still(drawn: Drawn, pose: Pose, rows: Sequence[Candidate], measured: dict[str, Row]) -> None:
    truth, made = pose.truth(drawn.size), dict[str, Picture]()
    for row in rows:
        made[row.name] = row.picture(drawn)
        figures = figures_of(made[row.name], truth)
        if row.reference:
            figures |= agreement(made[row.name], made[row.reference])
        measured[row.name].ids.append(pose.id)
        measured[row.name].stills.append(figures)


def figures_of(made: Picture, truth: Picture) -> dict[str, float]:
    """All figures of one picture."""
    errors = quality.flip_map(made, truth)
    face = quality.in_face(made), quality.in_face(truth)
    return {
        "psnr_face": quality.psnr(*face),
        "ssim_face": quality.ssim(*face),
        "flip": float(errors.mean()),
        "flip_face": float(errors[quality.face_region(errors.shape[0])].mean()),
        "psnr_whole": quality.psnr(made[..., :3], truth[..., :3]),
    }


def agreement(made: Picture, reference: Picture) -> dict[str, float]:
    """How far another precision's picture is from FP32's, on floats; equal ones count as 200 dB."""
    return {
        "psnr_vs_fp32": min(quality.psnr(made, reference), 200.0),
        "flip_vs_fp32": float(quality.flip_map(made, reference).mean()),
    }


def _measure_sequence(
    drawing: Drawing, name: str, frames: tuple[Pose, ...], rows: Sequence[Candidate], measured: dict[str, Row]
) -> None:
    faces: dict[str, list[Picture]] = {row.name: [] for row in rows}
    truths, seconds = list[Picture](), list[Picture]()
    for pose in _counted(frames, f"sequence {name}"):
        drawn = drawing.draw(pose.expression)
        truths.append(quality.in_face(pose.truth(drawn.size)))
        if pose.second_seed:
            seconds.append(quality.in_face(read_premultiplied(pose.second_seed, drawn.size)))
        for row in rows:
            faces[row.name].append(quality.in_face(row.picture(drawn)))
    for row in rows:
        psnr = np.mean([quality.psnr(*pair) for pair in zip(faces[row.name], truths, strict=True)])
        steady = None
        if len(seconds) == len(frames) > 1:
            steady = round(quality.flicker(np.stack(faces[row.name]), np.stack(truths), np.stack(seconds)), _ROUNDED)
        measured[row.name].sequences[name] = {"psnr_face": round(float(psnr), _ROUNDED), "flicker": steady}


def _counted(poses: Sequence[Pose], what: str) -> Iterable[Pose]:
    """The poses, with their number on the error stream."""
    for index, pose in enumerate(poses, 1):
        print(f"\r{what}: {index} of {len(poses)} ", end="", file=sys.stderr, flush=True)
        yield pose
    print(file=sys.stderr)


def print_table(figures: dict[str, Any]) -> None:
    """The rows for people. FLIP and flicker: lower is better."""
    columns = ("psnr_face", "ssim_face", "flip", "flip_face", "flicker", "psnr_whole", "psnr_vs_fp32", "flip_vs_fp32")
    rows = {name: row for name, row in figures.items() if "psnr_face" in row}
    print(" ".join([f"{'':<16}", *(f"{column:>13}" for column in columns)]))
    for name, row in rows.items():
        print(" ".join([f"{name:<16}", *(_cell(row.get(column)) for column in columns)]))
    print("; ".join(f"fp16 {name}: goal {goal}" for name, goal in GOALS.items()))
    print(f"fp16 is {MEANS['fp16']}; FLIP and flicker: lower is better")


def _cell(value: float | None) -> str:
    return f"{'-':>13}" if value is None else f"{value:>13.4f}"

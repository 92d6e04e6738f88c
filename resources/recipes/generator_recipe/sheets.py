"""Pictures to look at: the learning curve, and the held-out frames that came out worst."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageDraw

from generator_recipe.evaluation import FACE_REGION, generate, psnr
from generator_recipe.pairs import Pairs


def draw_contact_sheet(network: torch.nn.Module, pairs: Pairs, path: Path, worst: int = 10) -> None:
    """One row a frame, worst face first: texture image, render image, generated, truth; id and dB in the corner."""
    rows = []
    for index, row in enumerate(pairs.rows):
        made = generate(network, pairs.inputs[index])
        truth = pairs.truth[index].astype(np.float32) / 255
        rows.append((psnr(made[(slice(0, 3), *FACE_REGION)], truth[(slice(0, 3), *FACE_REGION)]), index, row.id, made))
    strips = []
    for decibels, index, name, made in sorted(rows, key=lambda row: row[0])[:worst]:
        drawn = pairs.inputs[index]
        bytes_ = (made[:3] * 255 + 0.5).astype(np.uint8)
        strip = np.concatenate([drawn[:3], drawn[3:], bytes_, pairs.truth[index][:3]], axis=2).transpose(1, 2, 0)
        picture = Image.fromarray(np.ascontiguousarray(strip))
        ImageDraw.Draw(picture).text((8, 8), f"{name}  {decibels:.1f} dB")
        strips.append(np.asarray(picture))
    Image.fromarray(np.concatenate(strips)).save(path)


def draw_curve(curve: list[dict[str, Any]], path: Path) -> None:
    """Loss and held-out quality against training minutes."""
    from matplotlib import pyplot

    minutes = [point["minutes"] for point in curve]
    figure, loss_axis = pyplot.subplots(figsize=(8, 4.5))
    quality_axis = loss_axis.twinx()
    loss_axis.plot(minutes, [point["loss"] for point in curve], color="#0072b2")
    quality_axis.plot(minutes, [point["held_out_face_psnr"] for point in curve], color="#d55e00")
    loss_axis.set(xlabel="training time / min", ylabel="loss of the last batch (blue)")
    quality_axis.set_ylabel("held-out PSNR, face region / dB (orange)")
    figure.tight_layout()
    figure.savefig(path)
    pyplot.close(figure)

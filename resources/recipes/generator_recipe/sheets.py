"""The learning curve as a picture. The worst frames are drawn by `mien bench quality --sheet`."""

from __future__ import annotations

from pathlib import Path
from typing import Any


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

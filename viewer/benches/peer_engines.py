"""The shipped generator on one drawn face: inference engines side by side, each in a process of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gpu_core.assets import DEFAULT_FACE, resource
from gpu_core.gltf.face import load_face
from gpu_core.neural.model import GeneratorModel
from viewer.benches.drawing import opened_drawing
from viewer.benches.engines import EngineRow, run_row
from viewer.benches.networks import to_picture
from viewer.benches.peer_rows import PeerRow, Round
from viewer.performance.builtin import BUILTIN

PART = "inference of one face, two threads"
ROWS = (
    ("ONNX Runtime", "fp32"), ("OpenVINO", "fp32"), ("OpenVINO", "bf16"), ("OpenVINO", "int8"),
    ("PyTorch eager", "fp32"),
)  # fmt: skip
_MOMENT_S = 2.0  # of the built-in talk: the mouth is open


class Engines:
    """The engines' rows, a round of all of them at a time."""

    def __init__(self, model: GeneratorModel, folder: Path) -> None:
        self._runs = [EngineRow(model, *which, 1, output=str(folder / f"{'-'.join(which)}.npy")) for which in ROWS]
        for run in self._runs:
            run.missing = run.unavailable()
            if run.network is not None:  # an int8 file may want its pictures in another layout
                inputs = folder / f"{run.network.path.stem}.npz"
                if not inputs.exists():
                    write_inputs(run.network, inputs)
                run.inputs_file = str(inputs)

    def play(self, runs: int, warm_up: int) -> None:
        """One round of each that is there."""
        for run in self._runs:
            if not run.missing:
                run_row(run, runs, warm_up)

    def rows(self) -> list[PeerRow]:
        """What came of it, with each output's distance from the first engine's."""
        rows: list[PeerRow] = []
        for run in self._runs:
            row = PeerRow(PART, f"{run.engine} {run.precision}", run.missing)
            row.rounds = [Round(*told) for told in zip(run.rounds, run.core_ms, strict=True)]
            if rows and not run.missing and not self._runs[0].missing:
                row.difference = _difference(_picture(run), _picture(self._runs[0]))
            rows.append(row)
        return rows


def write_inputs(model: GeneratorModel, path: Path) -> None:
    """Draw a talking face as the network wants it, into an .npz of tensors by name."""
    signature = model.signature
    wanted = frozenset(picture for said in signature.inputs for picture in said.pictures)
    with opened_drawing(load_face(resource(*DEFAULT_FACE)), wanted) as drawing:
        tensors = drawing.draw(BUILTIN["talk"].at(_MOMENT_S)).tensors(signature)
    named: dict[str, Any] = {said.name: tensor for said, tensor in zip(signature.inputs, tensors, strict=True)}
    np.savez(path, **named)


def _picture(run: EngineRow) -> NDArray[np.float32]:
    """What a row made, (H, W, 4) 0..1, whatever its file's layout and type."""
    assert run.network is not None
    tensor, said = np.load(run.output), run.network.signature.output
    size = tensor.shape[1:3] if said.layout == "NHWC" else tensor.shape[2:4]
    return to_picture(tensor, said, np.ones(size, np.float32))


def _difference(picture: NDArray[np.float32], first: NDArray[np.float32]) -> str:
    """Largest and mean distance of two pictures, in steps of a byte."""
    apart = np.abs(picture.astype(np.float64) - first) * 255
    return f"at most {apart.max():.2g} of 255, mean {apart.mean():.2g}"

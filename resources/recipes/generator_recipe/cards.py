"""Writes the cards of a trained generator and its variants: what it wants, how it was made, how good it is.

`gpu_core.neural.model` reads them, people do too; resources/models/README.md describes every field.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

from gpu_core.contract import picture_contract
from gpu_core.gltf.face import load_face
from gpu_core.neural.model import CARD_SCHEMA, load_model
from gpu_core.neural.signature import InputTensor, OutputTensor, Signature
from viewer.benches.quality import candidates, measure_quality
from viewer.benches.truth import read_truth

HOW = {
    "fp32": "trained by `./run recipe generator`, exported by PyTorch with opset 17; the batch axis is free",
    "fp16": "every weight and tensor of the FP32 network rounded to half precision, strongly typed",
    "int8": "post-training quantisation of the FP32 network without its idle channels: uint8 tensors, int8 weights per "
    "channel rounded by GPTQ; pictures go in and out as bytes; what was learned near them stays float, where rounding "
    "shows",
}
_TRUTH = "path-traced by Cycles, 8 samples and denoised (training), 32 samples (held out)"
# Type and layout of a file's input and output.
_FORM = {"fp32": ("float32", "NCHW"), "fp16": ("float16", "NCHW"), "int8": ("uint8", "NHWC")}
_FIGURES = ("psnr_face", "ssim_face", "flip", "flip_face", "flicker", "psnr_whole", "psnr_vs_fp32", "flip_vs_fp32")


def write_cards(path: Path, face: Path, truth: Path, training: dict[str, Any]) -> dict[str, Any]:
    """Write the card of the FP32 file at `path` and of each variant beside it; returns what was measured, by row.

    `training` has `pixels`: a side, of its tensors and of the pictures it is measured on.
    """
    contract = picture_contract(load_face(face).sha256)
    for precision in HOW:
        _write(path, precision, contract, training, {})
    rows_of = candidates([load_model(path)])
    measured = measure_quality(load_face(face), read_truth(truth), rows_of, training["pixels"])
    rows = {name.removeprefix(f"{path.stem}."): _figures(row) for name, row in measured.items() if "psnr_face" in row}
    _write(path, "fp32", contract, training, {"rows": rows, "method": measured["method"]})
    for precision in HOW:
        if precision in rows and precision != "fp32":
            _write(path, precision, contract, training, {"rows": {precision: rows[precision]}})
    return rows


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in (*_FIGURES, "frames", "sequences") if row.get(name) is not None}


def _write(path: Path, precision: str, contract: str, training: dict[str, Any], quality: dict[str, Any]) -> None:
    file = path if precision == "fp32" else path.with_suffix(f".{precision}.onnx")
    if not file.exists():
        return
    card = {
        "schema": CARD_SCHEMA,
        "name": path.stem,
        "sha256": _sha256(file),
        "contract": contract,
        "precision": precision,
        "made_from": None if precision == "fp32" else _sha256(path),
        "how": HOW[precision],
        "signature": _signature(*_FORM[precision], training["pixels"]).to_dict(),
        "training": training | {"truth": _TRUTH, "splits": "by id in the pose table; nothing held out was trained on"},
        "quality": quality,
        "licence": "CC0-1.0",
        "made": datetime.date.today().isoformat(),
    }
    _replace(file.with_suffix(".json"), json.dumps(card, indent=2) + "\n")


def _signature(dtype: str, layout: str, pixels: int) -> Signature:
    form: dict[str, Any] = {"dtype": dtype, "layout": layout, "width": pixels, "height": pixels}
    return Signature((InputTensor("pair", ("texture", "render"), **form),), OutputTensor("face", 4, **form))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _replace(path: Path, text: str) -> None:
    unfinished = path.with_suffix(".unfinished.json")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)

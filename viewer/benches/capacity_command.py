"""`mien bench capacity`: the model of `viewer.benches.capacity` for the shipped generators or another, as tables."""

from __future__ import annotations

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gpu_core.assets import resources_root
from gpu_core.neural.model import GeneratorModel, load_model
from viewer.benches.capacity import (
    BYTES,
    CORES,
    SENSITIVITY,
    Capacity,
    by_efficiency,
    capacity,
    cores_a_face,
    faces_a_process,
    fleet,
    stream_kbps,
)  # fmt: skip
from viewer.benches.capacity_cards import CARDS, Assumptions, Card
from viewer.benches.capacity_network import NetworkCost, Shape, count_network
from viewer.benches.kinds import whole
from viewer.options import positive

STREAMS = 1000
SIZES = (256, 512)


@dataclass(frozen=True)
class Counted:
    """A generator in one precision, at one size of picture and of tensors."""

    name: str
    precision: str
    said: Assumptions
    side: int
    cost: NetworkCost


def add_options(parser: argparse.ArgumentParser) -> None:
    """The assumptions that matter most."""
    usual = Assumptions()
    parser.add_argument("--generator", type=Path, action="append", metavar="FILE", help="instead of the shipped ones")
    parser.add_argument("--size", type=whole, action="append", metavar="N", help="picture's side (default 256 and 512)")
    parser.add_argument(
        "--tensor", type=whole, default=0, metavar="N", help="network's side (default: as its card says)"
    )
    for name, meaning in (
        ("fps", "frames a second of each face"), ("efficiency", "share of the matrix units' peak, 0..1"),
        ("headroom", "share of a second to plan with, 0..1"),
    ):  # fmt: skip
        usually = getattr(usual, name)
        parser.add_argument(f"--{name}", type=positive, default=usually, metavar="N", help=f"{meaning} ({usually:g})")
    parser.add_argument("--batch", type=whole, default=usual.batch, metavar="N", help=f"faces a batch ({usual.batch})")
    parser.add_argument("--streams", type=whole, default=STREAMS, metavar="N", help=f"of the fleet ({STREAMS})")
    parser.add_argument("--check", action="store_true", help="also try here whether time follows the counts")


def run_capacity(options: argparse.Namespace) -> dict[str, Any]:
    """Count, compute, print.

    Raises:
        MienError: an option is out of range, a generator cannot be read or counted.
    """
    told = {name: getattr(options, name) for name in ("fps", "efficiency", "headroom", "batch", "tensor")}
    all_said = [Assumptions(size=size, **told) for size in options.size or SIZES]
    models = _models(options.generator)
    wanted = [(model, said) for said in all_said for model in models if options.generator or _fits(model, said)]
    counted = [one for pair in wanted for one in _counted(*pair)]
    figures: dict[str, Any] = {
        "generators": [_cost_row(one) for one in counted],
        "cards": [asdict(card) for card in CARDS],
    }
    figures |= {"assumptions": told, "rows": [_row(one, options.streams, card) for one in counted for card in CARDS]}
    print_tables(figures, options.streams)
    if options.check:
        from viewer.benches.capacity_check import check, print_check

        figures["check"] = check(_models(options.generator))
        print_check(figures["check"])
    return figures


def _models(paths: list[Path] | None) -> list[GeneratorModel]:
    shipped = [resources_root() / "models" / f"{name}.onnx" for name in ("swift", "swift-256", "fine")]
    return [load_model(path) for path in paths or shipped]


def _fits(model: GeneratorModel, said: Assumptions) -> bool:
    """Whether somebody would want pictures of this size from it: not larger ones than it can make."""
    return said.tensor > 0 or said.size <= model.signature.output.width


def _counted(model: GeneratorModel, said: Assumptions) -> list[Counted]:
    """In 16 bits, and in 8 where there is a file of it."""
    found = []
    for precision, file in (("fp16", model), ("int8", model.variant("int8"))):
        if file is not None and (precision == "int8" or model.precision != "int8"):
            side = said.tensor or max(max(tensor.width, tensor.height) for tensor in file.signature.inputs)
            cost = count_network(file.path, _shapes(file, said.tensor))
            found.append(Counted(model.name, precision, said, side, cost))
    return found


def _shapes(model: GeneratorModel, side: int) -> dict[str, Shape]:
    """The inputs' shapes for one picture, with the card's size or another."""
    shapes = dict[str, Shape]()
    for tensor in model.signature.inputs:
        channels = tensor.shape[0 if tensor.layout == "NCHW" else 2]
        sides = (side or tensor.height, side or tensor.width)
        shapes[tensor.name] = (1, channels, *sides) if tensor.layout == "NCHW" else (1, *sides, channels)
    return shapes


def _cost_row(one: Counted) -> dict[str, Any]:
    cost, width = one.cost, BYTES["fp16"]
    return {
        "generator": one.name, "precision": one.precision, "size": one.said.size, "tensor": one.side,
        "gmac": cost.macs / 1e9, "moved_mb": width * cost.moved / 1e6, "weights_mb": width * cost.weights / 1e6,
        "kernels": cost.kernels, "int8_share": cost.quantised_share, "stream_kbps": stream_kbps(one.said),
        "faces_a_process": faces_a_process(one.said),
    }  # fmt: skip


def _row(one: Counted, streams: int, card: Card) -> dict[str, Any]:
    holds = capacity(card, one.cost, one.precision, one.said, one.side)
    needs = asdict(fleet(holds, one.said, streams)) if holds.faces else None
    return {
        "card": card.name, "generator": one.name, "precision": one.precision, "size": one.said.size, "tensor": one.side,
        "gpu_ms": asdict(holds.time) | {"total": holds.time.total}, "faces": holds.faces,
        "limited_by": holds.limited_by, "limits": _limits(holds), "watts_a_face": card.watts / max(holds.faces, 1),
        "cores_a_face": cores_a_face(card, one.said, workers=False),
        "cores_a_worker": cores_a_face(card, one.said, workers=True),
        "by_efficiency": by_efficiency(card, one.cost, one.precision, one.said, one.side), "fleet": needs,
    }  # fmt: skip


def _limits(holds: Capacity) -> dict[str, int | None]:
    names = ("gpu", "memory", "memory_workers", "encoder", "bus")
    return {name: getattr(holds, name) for name in names}


def print_tables(figures: dict[str, Any], streams: int) -> None:
    """The same for people."""
    said = figures["assumptions"]
    print(
        f"Computed; no GPU has run this. {said['fps']:g} fps, batches of {said['batch']}, {said['efficiency']:.0%} of "
        f"the matrix units' peak, {said['headroom']:.0%} of each second; assumptions: viewer/benches/capacity_cards.py"
    )
    _print_costs(figures["generators"])
    _print_faces(figures["rows"])
    _print_fleets(figures["rows"], streams)


def _print_costs(rows: list[dict[str, Any]]) -> None:
    print(
        f"\n{'a face, a frame':<24}{'tensor':>7}{'GMAC':>8}{'MB moved':>10}{'weights MB':>12}{'kernels':>9}{'int8':>7}"
    )
    for row in rows:
        print(
            f"{_name(row):<24}{row['tensor']:>7}{row['gmac']:>8.2f}{row['moved_mb']:>10.1f}{row['weights_mb']:>12.2f}"
            f"{row['kernels']:>9}{row['int8_share']:>7.0%}"
        )
    print("MB in 16 bits; int8: share of the multiplications whose factors are 8-bit")


def _print_faces(rows: list[dict[str, Any]]) -> None:
    shares = "/".join(f"{share:.0%}" for share in SENSITIVITY)
    limits = f"{'GPU time':>9}{'memory':>8}{'workers':>9}{'encoder':>9}{'PCIe':>7}"
    print(f"\n{'':<33}{'GPU ms a face':^26}{'faces that this limits to':^42}")
    print(
        f"{'generator, picture':<23}{'card':<10}{'infer':>6}{'pixels':>8}{'draw':>6}{'all':>6}{limits}"
        f"{'holds':>7}  {'limited by':<10}{'at ' + shares:>18}{'W a face':>9}"
    )
    for row in rows:
        time, most = row["gpu_ms"], [_or_dash(limit) for limit in row["limits"].values()]
        each = f"{time['infer']:>6.3f}{time['pixels']:>8.3f}{time['draw']:>6.3f}{time['total']:>6.2f}"
        at = "/".join(str(row["by_efficiency"][share]) for share in SENSITIVITY)
        print(
            f"{_name(row):<23}{row['card']:<10}{each}{most[0]:>9}{most[1]:>8}{most[2]:>9}{most[3]:>9}{most[4]:>7}"
            f"{row['faces']:>7}  {row['limited_by']:<10}{at:>18}{row['watts_a_face']:>9.2f}"
        )
    print("workers: a process a face, by memory alone; MPS takes 48 processes a card, 60 from CUDA 13.1")


def _print_fleets(rows: list[dict[str, Any]], streams: int) -> None:
    heads = f"{'cards':>6}{'machines':>9}{'cores':>7}{'workers':>9}{'Gbit/s':>8}{'kW':>6}{'GB an hour':>12}"
    print(f"\n{f'{streams} streams':<23}{'card':<10}{heads}")
    for row in rows:
        needs = row["fleet"]
        if needs is None:
            print(f"{_name(row):<23}{row['card']:<10} holds no face")
            continue
        print(
            f"{_name(row):<23}{row['card']:<10}{needs['cards']:>6}{needs['machines']:>9}{needs['cores']:>7.0f}"
            f"{needs['cores_workers']:>9.0f}{needs['gbit_s']:>8.2f}{needs['kilowatts']:>6.1f}{needs['gb_an_hour']:>12.0f}"
        )
    print(f"cores: with batches; workers: cores with a process a face; a machine: {CORES} cores and the cards it takes")


def _name(row: dict[str, Any]) -> str:
    return f"{row['generator']} {row['precision']} {row['size']}"


def _or_dash(limit: int | None) -> str:
    return "-" if limit is None else str(limit)

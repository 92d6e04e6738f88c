"""The picture of `mien bench streams`: throughput, latency and efficiency over the number of faces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from viewer.benches.line_chart import FINER, Box, Chart, ChartPainter, Line, finished, font, nice_top
from viewer.picture_file import write_whole
from viewer.streams.plan import USUAL_FPS
from viewer.theme import CURVES, DIM, FAINT, TEXT, VIEWPORT

_WIDTH, _HEIGHT = 1680, 640
_EDGE, _HEAD, _FOOT = 28, 104, 44
_COLOURS = {"workers": CURVES[0], "workers mps": CURVES[3], "batch": CURVES[1], "serial": CURVES[2], "classic": FAINT}
_TITLES = {name: name for name in _COLOURS} | {"batch": "one batch", "workers mps": "with MPS"}


def write_picture(path: Path, figures: dict[str, Any], machine: dict[str, Any]) -> None:
    """Write a PNG of the figures that `viewer.benches.streams` made.

    Raises:
        MienError: it cannot be written.
    """
    picture = draw(figures, machine)
    write_whole(path, lambda file: picture.save(file, "PNG", optimize=True))


def draw(figures: dict[str, Any], machine: dict[str, Any]) -> Image.Image:
    """The picture, 1680x640 pixels."""
    picture = Image.new("RGB", (_WIDTH * FINER, _HEIGHT * FINER), VIEWPORT)
    pen = ImageDraw.Draw(picture)
    settings = figures["settings"]
    heading = figures.get("sentence") or f"{_generator(settings)} at {settings['size']}x{settings['size']}"
    pen.text((_EDGE * FINER, 24 * FINER), heading[0].upper() + heading[1:], fill=TEXT, font=font(29))
    pen.text((_EDGE * FINER, 66 * FINER), _about(figures, machine), fill=DIM, font=font(17))
    width = (_WIDTH - 4 * _EDGE) // 3
    for number, chart in enumerate(charts(figures)):
        box = Box(_EDGE + number * (width + _EDGE), _HEAD, width, _HEIGHT - _HEAD - _FOOT)
        ChartPainter(pen, box, chart).paint()
    foot = "medians of rounds that took turns; every picture is read and encoded; what is promised keeps a tenth back"
    pen.text((_EDGE * FINER, (_HEIGHT - 30) * FINER), foot, fill=FAINT, font=font(15))
    return finished(picture)


def charts(figures: dict[str, Any]) -> tuple[Chart, Chart, Chart]:
    """The three of them."""
    rows, size = figures["rows"], figures["settings"]["size"]
    ticks = tuple(sorted({row["faces"] for row in rows}))
    made = _lines(rows, "faces_per_s")
    top = nice_top(1.15 * max(y for line in made for _, y in line.points))
    waits = tuple(line for line in _lines(rows, "p95_ms") if line.label != _TITLES["classic"])
    shares = tuple(line for line in _lines(rows, "efficiency") if line.label != _TITLES["classic"])
    x_title = f"faces of {size} x {size}"
    return (
        Chart("Throughput: faces a second, all together", x_title, ticks, (*made, _wanted(ticks, top)), top),
        Chart("Latency: 19 of 20 pictures are made within, ms", x_title, ticks, waits, _top_of(waits)),
        Chart("Efficiency: of the rate of one face alone, each keeps", x_title, ticks, shares, 100.0, unit=" %"),
    )


def _lines(rows: list[dict[str, Any]], name: str) -> tuple[Line, ...]:
    lines = []
    for way, colour in _COLOURS.items():
        own = sorted((row for row in rows if row["way"] == way), key=lambda row: row["faces"])
        scale = 100.0 if name == "efficiency" else 1.0
        points = tuple((row["faces"], scale * row[name]) for row in own if row[name] is not None)
        lines += [Line(_TITLES[way], colour, points)] if points else []
    return tuple(lines)


def _wanted(ticks: tuple[int, ...], top: float) -> Line:
    """What so many streams need, as far as the chart goes: where a curve crosses it, the machine is full."""
    last = min(float(ticks[-1]), top / USUAL_FPS)
    inner = tuple(float(tick) for tick in ticks if tick < last)
    places = (*inner, last) if last >= ticks[0] else (float(ticks[0]),)
    return Line(f"{USUAL_FPS:g} fps each", DIM, tuple((x, USUAL_FPS * x) for x in places), is_dashed=True)


def _top_of(lines: tuple[Line, ...]) -> float:
    return nice_top(1.05 * max((y for line in lines for _, y in line.points), default=1.0))


def _about(figures: dict[str, Any], machine: dict[str, Any]) -> str:
    settings, engine = figures["settings"], figures["plan"]["engine"]
    processor = str(machine["processor"]).partition(" cores")[0]
    parts = (
        _generator(settings),
        engine,
        f"{processor} cores",
        f"{settings['rounds']} rounds of {settings['seconds']:g} s",
    )
    return "  ·  ".join(filter(None, parts))


def _generator(settings: dict[str, Any]) -> str:
    name = settings["generator"]
    return "shipped generator" if name == "shipped" else Path(name).stem

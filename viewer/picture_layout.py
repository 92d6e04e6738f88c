"""Where pictures lie in the viewport: pure arithmetic in device pixels, origin at the top left."""

from __future__ import annotations

from dataclasses import dataclass

MARGIN = 12  # logical pixels around a picture
CAPTION = 24  # logical pixels kept free beneath each picture where there are captions


@dataclass(frozen=True)
class Cell:
    """A square picture's place: `left`, `top` and `side` in device pixels. It may reach beyond its clip.

    `clip` is (left, top, width, height) of what belongs to this picture.
    """

    left: int
    top: int
    side: int
    clip: tuple[int, int, int, int]


def lay_out(
    width: int, height: int, count: int, *, ratio: float = 1.0, zoom: float = 1.0, pan: tuple[float, float] = (0.0, 0.0)
) -> tuple[Cell, ...]:
    """Place `count` equal squares side by side in `width` x `height` device pixels.

    `ratio` is device pixels per logical pixel; `zoom` 1 fits; `pan` is in fractions of the fitted square.
    """
    margin = round(MARGIN * ratio)
    caption = round(CAPTION * ratio) if count > 1 else 0
    room_x = (width - margin * (count + 1)) // count
    room_y = height - 2 * margin - caption
    fitted = max(1, min(room_x, room_y))
    side = max(1, round(fitted * zoom))
    row = count * fitted + (count - 1) * margin
    left, top = (width - row) // 2, margin + (room_y - fitted) // 2
    cells = []
    for index in range(count):
        x = left + index * (fitted + margin)
        clip = (x, top, fitted, fitted) if count > 1 else (0, 0, width, height)
        cells.append(
            Cell(
                x + (fitted - side) // 2 + round(pan[0] * fitted),
                top + (fitted - side) // 2 + round(pan[1] * fitted),
                side,
                clip,
            )
        )
    return tuple(cells)


def zoom_about(pan: tuple[float, float], factor: float, point: tuple[float, float]) -> tuple[float, float]:
    """The pan that keeps `point` (fractions of the fitted square from its centre) in place while zooming."""
    return (point[0] + (pan[0] - point[0]) * factor, point[1] + (pan[1] - point[1]) * factor)

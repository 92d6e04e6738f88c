"""The comparison on the stage: which picture lies on which side of the line, and the marks that say so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gpu_core.settings import Frame, FrameRequest, View
from viewer.compare.comparison import Comparison, Layout, Side
from viewer.compare.layers import Layer
from viewer.compare.marks import CompareMarks
from viewer.compare.model import CompareModel
from viewer.compare.pair_measuring import Pair, PairMeter
from viewer.compare.picture_difference import Pixels
from viewer.compare.wipe_tool import WipeTool, line_at
from viewer.face_grid import sheet
from viewer.picture_layout import Cell
from viewer.view_values import Shown
from viewer.viewer_model import ViewerModel

if TYPE_CHECKING:
    from gpu_core.rival import RivalPicture
    from viewer.picture_stage import PictureStage
    from viewer.rivals import Others

BEHIND = 0.3  # opacity of what stands in while the other side is on its way


class CompareStage(QObject):
    """An `Arrangement` of a stage. Measures each pair that is shown, if the meter keeps up."""

    def __init__(self, model: ViewerModel, compare: CompareModel, stage: PictureStage, meter: PairMeter) -> None:
        assert isinstance(stage, QWidget)
        super().__init__(stage)  # and gone with it, whatever the models still have to say
        self._model, self._compare, self._stage, self._meter = model, compare, stage, meter
        self._sheets: dict[int, Pixels] = {}
        self._sheets_of: Frame | None = None
        self.marks = CompareMarks(stage)
        stage.arrangement = self
        stage.mouse.tools.insert(0, WipeTool(compare, stage))
        compare.changed.connect(self._on_changed)
        compare.peeked.connect(self._redraw)
        compare.measured.connect(self._on_measured)
        model.canvas_changed.connect(self._redraw)
        model.frame_shown.connect(self._on_shown)
        model.refreshed.connect(self.place_marks)

    # -- what is drawn -----------------------------------------------------------------------------------------------
    @property
    def count(self) -> int:
        """Pictures beside each other."""
        wanted = self._compare.comparison
        if not wanted.is_on:
            return 0
        return 2 if wanted.layout is Layout.PAIR and not self._compare.peek else 1

    def layers(self, frame: Frame, there: Collection[View]) -> list[Layer]:
        """Both sides in their places, or the one that is peeked at, or where they differ."""
        wanted, peek = self._compare.comparison, self._compare.peek
        cells = self._stage.cells(self.count)
        if peek:
            return [self._layer(frame, there, wanted.a if peek == "a" else wanted.b, cells[0])]
        if wanted.layout is Layout.DIFFERENCE:
            return [self._difference(frame, there, cells[0])]
        places = cells if wanted.layout is Layout.PAIR else cut(cells[0], wanted)
        return [self._layer(frame, there, side, cell) for side, cell in zip((wanted.a, wanted.b), places, strict=True)]

    def _layer(self, frame: Frame, there: Collection[View], side: Side, cell: Cell) -> Layer:
        if self.is_behind(frame, side, there):
            own = [other.view for other in (self._compare.comparison.a, self._compare.comparison.b) if not other.way]
            stands_in = next((view for view in (*own, *reversed(View)) if view in there), View.GENERATED)
            return Layer(stands_in, cell, opacity=BEHIND)
        if side.way is None:
            return Layer(side.view, cell)
        return Layer(View.GENERATED, cell, self._sheet(frame, frame.others[side.way]), side.way)

    def _difference(self, frame: Frame, there: Collection[View], cell: Cell) -> Layer:
        figures, side = self._compare.figures, self._compare.comparison.a
        if figures is None:
            return replace(self._layer(frame, there, side, cell), opacity=BEHIND)
        return Layer(side.view, cell, figures.heat, ("heat", figures.measured_ns))

    def is_behind(self, frame: Frame, side: Side, there: Collection[View]) -> bool:
        """Whether a side has no picture of this frame's expression yet."""
        return side.view not in there if side.way is None else side.way not in frame.others

    def _sheet(self, frame: Frame, picture: RivalPicture) -> Pixels:
        """Several faces as one square, made once a frame."""
        if self._sheets_of is not frame:
            self._sheets, self._sheets_of = {}, frame
        return self._sheets.setdefault(id(picture), sheet(picture.faces))

    # -- what is measured --------------------------------------------------------------------------------------------
    def add_others(self, request: FrameRequest, others: Others) -> None:
        """What other ways made of a frame that is on the screen already, or about to be."""
        self._stage.add_others(request, others)
        self.place_marks()
        self._offer()

    def _offer(self) -> None:
        frame, wanted = self._stage.frame, self._compare.comparison
        if not wanted.is_on or frame is None:
            return
        a, b = (self._pixels(frame, side) for side in (wanted.a, wanted.b))
        if a is not None and b is not None and a.shape == b.shape:
            self._meter.offer(Pair(frame.request, a, b, wanted))

    def _pixels(self, frame: Frame, side: Side) -> Pixels | None:
        if side.way is None:
            pixels: Pixels | None = frame.pixels.get(side.view)
            return pixels
        picture = frame.others.get(side.way)
        return None if picture is None else self._sheet(frame, picture)

    # -- marks -------------------------------------------------------------------------------------------------------
    def place_marks(self) -> None:
        """Put line and tags where they belong, with what they have to say now."""
        wanted, frame = self._compare.comparison, self._stage.frame
        if not wanted.is_on:
            self.marks.hide()
            return
        there = frame.request.views if frame is not None else frozenset[View]()
        texts = [
            side_text(letter, side, frame, self._model, is_behind=frame is None or self.is_behind(frame, side, there))
            for letter, side in (("A", wanted.a), ("B", wanted.b))
        ]
        cells, ratio = self._stage.cells(self.count), self._stage.devicePixelRatio()
        self.marks.place(wanted, self._compare.peek, texts, cells, ratio)

    # -- slots -------------------------------------------------------------------------------------------------------
    def _on_changed(self, wanted: Comparison) -> None:
        if wanted.is_on:
            self._offer()
        else:
            self._meter.close()
        self._redraw()

    def _on_measured(self, _figures: object) -> None:
        if self._compare.comparison.layout is Layout.DIFFERENCE:
            self._stage.update()

    def _on_shown(self, _shown: Shown) -> None:
        self._offer()

    def _redraw(self, _value: object = None) -> None:
        self._stage.place_captions()
        self.place_marks()
        self._stage.update()


def cut(cell: Cell, wanted: Comparison) -> tuple[Cell, Cell]:
    """A picture's place in two parts at the line: A's is left of it, or above."""
    left, top, width, height = cell.clip
    line = line_at(cell, wanted)
    if wanted.is_upright:
        at = min(max(line - left, 0), width)
        return replace(cell, clip=(left, top, at, height)), replace(cell, clip=(left + at, top, width - at, height))
    at = min(max(line - top, 0), height)
    return replace(cell, clip=(left, top, width, at)), replace(cell, clip=(left, top + at, width, height - at))


def side_text(letter: str, side: Side, frame: Frame | None, model: ViewerModel, *, is_behind: bool) -> str:
    """What a side is, in a line: which generator, how it runs, how long it took."""
    parts = [f"{letter}  {side.title}"]
    if is_behind or frame is None:
        return " · ".join((*parts, "catching up"))
    stages = frame.stages
    if side.way is not None:
        picture: RivalPicture = frame.others[side.way]
        stages = picture.stages
        parts.append(picture.state.engine)
    elif side.view is View.GENERATED and model.engine is not None:
        parts += [", ".join(filter(None, map(model.engine.description.get, ("generator", "engine"))))]
    took = [stage.duration_ms for stage in stages if stage.name == "infer"]
    if took and side.view is View.GENERATED:
        parts.append(f"{took[-1]:.0f} ms")
    return " · ".join(parts)

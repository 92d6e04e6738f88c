"""CompareModel: what is compared in the window, and what was measured of it. State and signals, no widgets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from viewer.compare.choices import Choice, choices_of
from viewer.compare.comparison import AMPLIFICATIONS, Comparison, Layout, Metric, OtherWay, Side
from viewer.compare.pair_measuring import PairFigures
from viewer.view_values import ViewMode
from viewer.viewer_model import ViewerModel


class CompareModel(QObject):
    """Lives on the GUI thread. Choosing another view, or losing the other way, changes it too."""

    changed = Signal(object)  # Comparison
    ways_wanted = Signal(object)  # (OtherWay, ...): what has to run beside the engine now; None: nobody compares
    choices_changed = Signal()
    peeked = Signal(str)  # "a" or "b": that side alone for as long as a key is held; "": both again
    measured_beside = Signal(object)  # PairFigures, from the meter's thread
    measured = Signal(object)  # PairFigures, or None: what is shown has not been measured

    def __init__(self, model: ViewerModel) -> None:
        super().__init__(model)
        self._model = model
        self.comparison = Comparison()
        self.figures: PairFigures | None = None
        self.opened: tuple[OtherWay, ...] = ()  # what runs beside the engine, as far as is known
        self.is_opening = False
        self.before: OtherWay | None = None  # how the engine ran before the last switch was thrown
        self.peek = ""
        self.measured_beside.connect(self.note_measured)
        model.mode_changed.connect(self._on_mode)
        model.engine_changed.connect(self._on_choices)
        model.choices_changed.connect(self._on_choices)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What a side can be, each with a reason if not."""
        return choices_of(self._model.engine, self._model.choices)

    # -- what the user does ------------------------------------------------------------------------------------------
    def set(self, **changes: Any) -> None:
        """Change the comparison by its fields."""
        before, after = self.comparison, replace(self.comparison, **changes)
        if after == before:
            return
        self.comparison = after
        if (after.a, after.b, after.is_on) != (before.a, before.b, before.is_on):
            self._forget_figures()
            self._model.set_views(after.views if after.is_on else None)
            if _needs(after) != _needs(before):
                self.ask_for_ways()
        self.changed.emit(after)

    def toggle(self) -> None:
        """Compare, or show one view again."""
        self.set(is_on=not self.comparison.is_on)

    def toggle_difference(self) -> None:
        """Show where the two differ, or the wipe again."""
        shows = self.comparison.is_on and self.comparison.layout is Layout.DIFFERENCE
        self.set(is_on=True, layout=Layout.WIPE if shows else Layout.DIFFERENCE)

    def note_before(self, way: OtherWay) -> None:
        """A switch has been thrown: this is how it was before."""
        self.before = way

    def show_before(self) -> None:
        """Show where the picture differs from how it was before the last switch."""
        if self.before is None:
            self._model.post("Nothing to compare yet: choose another precision, or throw a switch")
            return
        self.set(is_on=True, a=Side(way=self.before), b=Side(), layout=Layout.DIFFERENCE)

    def compare_file(self, path: Path) -> None:
        """Compare with another generator's file, as B."""
        self.set(is_on=True, b=Side(way=OtherWay(f"Generator {path.stem}", path)))

    def swap(self) -> None:
        """A becomes B and B becomes A."""
        swapped = self.comparison.swapped
        self.set(a=swapped.a, b=swapped.b)

    def move_line(self, position: float) -> None:
        """Put the wipe's line at 0..1 of the picture."""
        self.set(position=min(max(position, 0.0), 1.0))

    def turn_line(self) -> None:
        """Have the line stand, or lie."""
        self.set(is_upright=not self.comparison.is_upright)

    def amplify(self, factor: int) -> None:
        """Choose how much the difference is amplified."""
        if factor in AMPLIFICATIONS:
            self.set(amplification=factor)

    def set_metric(self, metric: Metric) -> None:
        """Choose what the difference is measured in."""
        self.set(metric=metric)

    def set_peek(self, side: str) -> None:
        """Show one side alone, "a" or "b", while a key is held; "" for both again."""
        if side != self.peek and (not side or self.comparison.is_on):
            self.peek = side
            self.peeked.emit(side)

    # -- what the engine thread says ---------------------------------------------------------------------------------
    def ask_for_ways(self) -> None:
        """Ask for what has to run beside the engine, also when it has changed."""
        wanted = _needs(self.comparison)
        self.is_opening = bool(set(wanted or ()) - set(self.opened))
        self.ways_wanted.emit(wanted)

    def note_opened(self, ways: tuple[OtherWay, ...]) -> None:
        """These run now."""
        self.opened, self.is_opening = ways, False
        self.changed.emit(self.comparison)

    def note_refused(self, ways: tuple[OtherWay, ...], why: str) -> None:
        """They cannot be had: compare what was compared before, and say why."""
        self.is_opening = False
        self._model.post(f"Nothing to compare with: {why}", "error")
        kept = {side: self._kept(getattr(self.comparison, side), side) for side in ("a", "b")}
        if self.comparison.ways == ways:
            self.set(**kept)

    def note_lost(self, why: str) -> None:
        """What ran beside the engine has failed."""
        self.opened = ()
        self.note_refused(self.comparison.ways, why)

    def note_measured(self, figures: PairFigures) -> None:
        """The newest pair has been measured."""
        if self.comparison.is_on:
            self.figures = figures
            self.measured.emit(figures)

    def _kept(self, side: Side, name: str) -> Side:
        if side.way is None or side.way in self.opened:
            return side
        return Side() if name == "a" else Comparison().b

    def _forget_figures(self) -> None:
        if self.figures is not None:
            self.figures = None
            self.measured.emit(None)

    def _on_mode(self, _mode: ViewMode) -> None:
        self.set(is_on=False)

    def _on_choices(self, _value: object) -> None:
        self.choices_changed.emit()


def _needs(comparison: Comparison) -> tuple[OtherWay, ...] | None:
    return comparison.ways if comparison.is_on else None

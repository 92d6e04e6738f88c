"""Has the engine thread run what is compared, and tells the comparison what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gpu_core.errors import MienError
from viewer.compare.comparison import OtherWay
from viewer.compare.model import CompareModel
from viewer.engine_info import EngineInfo
from viewer.engine_thread import EngineThread

if TYPE_CHECKING:
    from gpu_core.engine import Engine


class CompareRivals(QObject):
    """Lives on the GUI thread."""

    _opened = Signal(object)
    _refused = Signal(object, str)

    def __init__(self, compare: CompareModel, thread: EngineThread) -> None:
        super().__init__(compare)
        self._compare, self._thread = compare, thread
        compare.ways_wanted.connect(self._on_ways)
        thread.opened.connect(self._on_engine)
        thread.rivals_lost.connect(compare.note_lost)
        self._opened.connect(compare.note_opened)
        self._refused.connect(compare.note_refused)

    def _on_ways(self, wanted: tuple[OtherWay, ...] | None) -> None:
        ways = wanted or ()

        def use(engine: Engine) -> None:
            rivals = self._thread.rivals
            rivals.watched = wanted is not None
            try:
                rivals.use(engine, ways)
            except MienError as error:
                self._refused.emit(ways, str(error))
            else:
                self._opened.emit(ways)
            self._thread.draw_again()

        self._thread.run_job(use)

    def _on_engine(self, _engine: EngineInfo) -> None:
        """Rivals of another engine are gone."""
        if self._compare.comparison.is_on:
            self._compare.opened = ()
            self._compare.ask_for_ways()

"""The composition of what has to do with streams in the window: desk, planning and panel."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QSettings

from viewer.panels.streams import StreamsPanel
from viewer.performance.builtin import BUILTIN
from viewer.playable import TIMELINE, Playable
from viewer.streaming.desk import StreamDesk
from viewer.streaming.opening import find_plan, measure_beside, open_supervisor, why_no_mps
from viewer.streaming.planning import Planning
from viewer.streaming.remembered import remember, remembered
from viewer.takes.errands import Errands
from viewer.takes.take_files import TakeFiles
from viewer.viewer_model import ViewerModel

RUNNING = "While streams run, nothing can be measured."


class StreamRoom(QObject):
    """Lives on the GUI thread; to be closed before the engine."""

    def __init__(
        self, model: ViewerModel, takes: TakeFiles, playable: Playable, memory: QSettings | None = None
    ) -> None:
        super().__init__(model)
        self._memory = memory
        self.planning = Planning(find_plan, measure_beside, self)
        self.desk = StreamDesk(model, partial(open_supervisor, playable), self.planning.plan_of)
        self._takes, self._errands = takes, Errands(self)
        self.desk.changed.connect(self._on_changed)

    def panel(self) -> StreamsPanel:
        """The panel, which offers what is opened in the window as a source."""
        titles = {key: performance.title for key, performance in BUILTIN.items()}
        self._panel = StreamsPanel(self.desk, self.planning, titles)
        self._panel.form.source.add(TIMELINE, "Timeline")
        self._panel.form.show_wish(remembered(self._memory))
        self._panel.form.changed.connect(lambda: remember(self._panel.form.wish(), self._memory))
        self._takes.opened.connect(self.offer)
        self._panel.shown_first.connect(self._look_for_mps)
        return self._panel

    def offer(self, key: str, title: str) -> None:
        """Offer one more performance as a source."""
        self._panel.form.source.add(key, title)

    def toggle(self) -> None:
        """Start what stands in the panel, or stop what runs."""
        self._panel.toggle()

    def close(self) -> None:
        """End all streams and what is being measured. May be called twice."""
        self.desk.close()
        self.planning.close()
        self._errands.close()

    def _look_for_mps(self) -> None:
        """Asking drivers takes a while, so not before somebody may want to know."""
        show = self._panel.form.way.show_mps
        self._errands.run(lambda _errand: why_no_mps(), show, show)

    def _on_changed(self) -> None:
        self.planning.forbid("" if self.desk.phase == "idle" else RUNNING)

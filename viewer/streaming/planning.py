"""Planning: what was measured of this machine, found again for what is asked for, or measured in a child process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from viewer.push.values import VideoForm
from viewer.streams.plan import Plan
from viewer.streams.values import MpsLimits, StreamForm
from viewer.takes.errands import Errand, Errands

Tell = Callable[[float, str], None]  # a share from 0 to 1, and what is being done
Find = Callable[[StreamForm], Plan | None]
Measure = Callable[[StreamForm, Errand, Tell], Plan]


class Planning(QObject):
    """Lives on the GUI thread; state without widgets.

    `find` looks for an old plan, `measure_beside` leaves the work to a child process: both on an errand's thread.
    """

    changed = Signal()

    def __init__(self, find: Find, measure_beside: Measure, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._find, self._measure_beside = find, measure_beside
        self._errands = Errands(self)
        self._errand: Errand | None = None
        self._plans: dict[StreamForm, Plan | None] = {}  # by their kinds
        self._kind: StreamForm | None = None
        self.share, self.doing = 0.0, ""
        self.has_failed = False
        self.why_not = ""  # why nothing can be measured now

    @property
    def is_measuring(self) -> bool:
        """Whether a child is at it."""
        return self._errand is not None

    @property
    def plan(self) -> Plan | None:
        """For the kind of stream that is considered."""
        return self._plans.get(self._kind) if self._kind is not None else None

    def plan_of(self, form: StreamForm) -> Plan | None:
        """The plan for a stream like this, as far as one is known already."""
        return self._plans.get(kind_of(form))

    def consider(self, form: StreamForm) -> None:
        """Streams like this are thought about: look for what was measured of them; `changed` follows."""
        kind = kind_of(form)
        if kind == self._kind:
            return
        self._kind = kind
        if kind in self._plans:
            self.changed.emit()
            return
        self._plans[kind] = None
        self._errands.run(lambda _errand: self._find(kind), lambda plan: self._keep(kind, plan), self._trouble)

    def forbid(self, why: str) -> None:
        """Nothing can be measured now, for this reason; "": it can."""
        if why != self.why_not:
            self.why_not = why
            self.changed.emit()

    def measure(self) -> None:
        """Begin, unless it is being done or cannot be."""
        if self.is_measuring or self.why_not or self._kind is None:
            return
        self.share, self.doing, self.has_failed = 0.0, "Starting …", False
        kind = self._kind

        def work(errand: Errand) -> Plan:
            return self._measure_beside(
                kind, errand, lambda share, doing: self._errands.tell(self._hear, (errand, share, doing))
            )

        self._errand = self._errands.run(work, lambda plan: self._on_measured(kind, plan), self._fail)
        self.changed.emit()

    def cancel(self) -> None:
        """Give it up."""
        if self._errand is not None:
            self._errand.interrupt()
            self._errand, self.doing = None, ""
            self.changed.emit()

    def close(self) -> None:
        """End the child, and wait."""
        self._errands.close()

    def _hear(self, told: tuple[Errand, float, str]) -> None:
        errand, share, doing = told
        if errand is self._errand:
            self.share, self.doing = share, doing
            self.changed.emit()

    def _on_measured(self, kind: StreamForm, plan: Plan) -> None:
        self._errand, self.doing = None, ""
        self._keep(kind, plan)

    def _keep(self, kind: StreamForm, plan: Plan | None) -> None:
        if plan is not None:
            self._plans[kind] = plan
        self.changed.emit()

    def _trouble(self, text: str) -> None:
        if not self.is_measuring:
            self._fail(text)

    def _fail(self, text: str) -> None:
        self._errand, self.doing, self.has_failed = None, text.removeprefix("mien: "), True
        self.changed.emit()


def kind_of(form: StreamForm) -> StreamForm:
    """A form without what a plan does not depend on."""
    return replace(form, number=1, source="talk", to="", video=VideoForm(), threads=0, epoch_s=0.0, mps=MpsLimits())

"""The face of the window, sent to an avatar's program as VMC while it moves."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from gpu_core.errors import MienError
from gpu_core.expression import Expression
from viewer.capture.addresses import Address, CaptureError, address_of
from viewer.capture.face_sender import FaceSender
from viewer.capture.protocols import PROTOCOLS
from viewer.viewer_model import ViewerModel

VMC = PROTOCOLS["vmc"]


class VmcOutput(QObject):
    """Lives on the GUI thread. `hears` tells whether we would hear ourselves at an address."""

    changed = Signal()

    def __init__(self, model: ViewerModel, hears: Callable[[Address], bool]) -> None:
        super().__init__(model)
        self._model, self._hears = model, hears
        self._sender: FaceSender | None = None
        self._to: Address | None = None
        self._later = QTimer(self, singleShot=True)
        self._later.timeout.connect(self._offer)
        model.expression_changed.connect(self._on_expression)

    @property
    def is_on(self) -> bool:
        """Whether it sends."""
        return self._sender is not None

    def start(self, to: str) -> None:
        """Send from now on; what is no address, or our own, is refused with a message."""
        self.stop()
        try:
            address = address_of(to, VMC.port)
            if self._hears(address):
                raise CaptureError(
                    f"Mien listens on port {address[1]} itself: send elsewhere, or stop listening to VMC"
                )
            self._sender, self._to = FaceSender(VMC, address), address
            self._model.post(f"Sending the face as VMC to {address[0]}:{address[1]}")
        except MienError as error:
            self._model.post(str(error), "error")
        self.changed.emit()
        self._offer()

    def stop(self) -> None:
        """Send no longer. Again is fine."""
        self._later.stop()
        if self._sender is not None:
            self._sender.close()
            self._sender = None
            self.changed.emit()

    def check(self) -> None:
        """Stop if somebody has begun to listen where it sends to: it would hear itself."""
        if self._to is not None and self.is_on and self._hears(self._to):
            self.stop()
            self._model.post("VMC is sent no longer: Mien listens to VMC on the same port", "warning")

    def _on_expression(self, _face: Expression, _touched: frozenset[str]) -> None:
        if self._sender is not None and not self._later.isActive():
            self._offer()

    def _offer(self) -> None:
        if self._sender is None:
            return
        try:
            wait_s = self._sender.offer(self._model.expression, time.perf_counter())
        except CaptureError as error:
            self.stop()
            self._model.post(str(error), "error")
            return
        if wait_s > 0.0:
            self._later.start(int(wait_s * 1000) + 1)

"""The cards of all streams, in as many columns as fit; what scrolls is whoever holds it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from viewer.streaming.stream_card import WIDTH_PX, StreamCard
from viewer.streams.values import StreamStatus

GAP_PX = 8
MOST_WIDTH_PX = 2 * WIDTH_PX - 1  # a single card in a wide panel would be all air


class CardGrid(QWidget):
    """One card a stream, made when there is one more; `restart` hears a stream's number."""

    def __init__(self, restart: Callable[[int], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._restart = restart
        self.cards: list[StreamCard] = []
        self._shown: dict[int, StreamStatus] = {}
        self._can_restart = False
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_statuses(self, statuses: Sequence[StreamStatus], *, can_restart: bool) -> None:
        """Show these; cards of the same streams stay."""
        wants_room = len(statuses) != len(self.cards)
        while len(self.cards) < len(statuses):
            self.cards.append(StreamCard(self._restart, self))
        for card in self.cards[len(statuses) :]:
            card.hide()
            card.deleteLater()
        del self.cards[len(statuses) :]
        for card, status in zip(self.cards, statuses, strict=True):
            wants_room |= card.show_status(status, can_restart=can_restart)
            card.show()
        if wants_room:
            self.updateGeometry()
            self._place()

    def heightForWidth(self, width: int) -> int:
        """Qt: how tall all of them are."""
        return sum(self._row_heights(width)) + GAP_PX * max(len(self._rows(width)) - 1, 0)

    def hasHeightForWidth(self) -> bool:
        """Qt: yes."""
        return True

    def sizeHint(self) -> QSize:
        """Qt: the size it likes."""
        width = max(self.width(), WIDTH_PX)
        return QSize(WIDTH_PX, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Qt: narrower than a card likes is possible."""
        return QSize(240, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Qt: another number of columns, perhaps."""
        super().resizeEvent(event)
        self._place()

    def _columns(self, width: int) -> int:
        return max(1, (width + GAP_PX) // (WIDTH_PX + GAP_PX))

    def _card_width(self, width: int) -> int:
        columns = self._columns(width)
        return min((width - GAP_PX * (columns - 1)) // columns, MOST_WIDTH_PX)

    def _rows(self, width: int) -> list[tuple[StreamCard, ...]]:
        columns = self._columns(width)
        return [tuple(self.cards[at : at + columns]) for at in range(0, len(self.cards), columns)]

    def _row_heights(self, width: int) -> list[int]:
        card_width = self._card_width(width)
        return [max(card.wanted_height(card_width) for card in row) for row in self._rows(width)]

    def _place(self) -> None:
        width, top = self._card_width(self.width()), 0
        for row, height in zip(self._rows(self.width()), self._row_heights(self.width()), strict=True):
            for column, card in enumerate(row):
                card.setGeometry(column * (width + GAP_PX), top, width, height)
            top += height + GAP_PX

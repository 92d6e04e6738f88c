"""Who sends, and what is known of them: a bounded list, whatever comes. One thread at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from viewer.capture.addresses import Address
from viewer.capture.heard import Heard, PacketError
from viewer.capture.protocols import Decode, Protocol
from viewer.capture.rates import Allowance, Rate

MOST_SENDERS = 16
MOST_SUBJECTS = 4  # of one sender
# New ones a second: fewer than there is room for, so that a flood of them pushes out nobody who goes on sending.
MOST_NEW_PER_S = 8.0
LONGEST_GAP = 600  # frames; more is another take, not a loss
LATE = 100  # frames; what is so far behind came late, what is farther behind has begun anew


@dataclass(frozen=True)
class SourceKey:
    """One face of one sender."""

    address: Address
    subject: str

    def __str__(self) -> str:
        return f"{self.subject} from {self.address[0]}:{self.address[1]}"


@dataclass(frozen=True)
class SourceFigures:
    """What is known of a source at a moment. `subject` is "" for a sender that nothing was understood of."""

    key: SourceKey
    packets_per_s: float  # of the sender
    faces_per_s: float
    age_s: float  # since the last packet; of a subject since it was last named
    sees_face: bool
    lost: int | None  # frames, by the sender's numbers; None: it does not count them
    refused: int  # packets of the sender that were none, or that were too many
    reason: str  # of the last one refused


class _Subject:
    def __init__(self) -> None:
        self.faces = Rate()
        self.heard_s = 0.0
        self.sees_face = False
        self.lost: int | None = None
        self._sequence: int | None = None
        self._step = 0

    def note(self, heard: Heard, now_s: float) -> bool:
        """Count it; False: it came late and is out of date."""
        if heard.sequence is not None and not self._follow(heard.sequence):
            return False
        self.heard_s, self.sees_face = now_s, heard.expression is not None
        if self.sees_face:
            self.faces.note(now_s)
        return True

    def _follow(self, sequence: int) -> bool:
        """Count what is missing before a number. Phones count the frames of a clock: 30 a second may go by twos."""
        before, self.lost = self._sequence, self.lost or 0
        gap = 0 if before is None else sequence - before
        if -LATE <= gap < 0:
            return False
        self._sequence = sequence
        if 0 < gap <= LONGEST_GAP:
            self._step = min(self._step or gap, gap)
            self.lost += gap // self._step - 1
        return True


@dataclass
class _Sender:
    decode: Decode
    allowance: Allowance
    packets: Rate = field(default_factory=Rate)
    subjects: OrderedDict[str, _Subject] = field(default_factory=OrderedDict)
    heard_s: float = 0.0
    refused: int = 0
    reason: str = ""


class Senders:
    """Keeps the last that were heard. `over` counts packets that were too many before anybody looked into them."""

    def __init__(self, protocol: Protocol) -> None:
        self._protocol = protocol
        self._senders: OrderedDict[Address, _Sender] = OrderedDict()
        self._newcomers = Allowance(MOST_NEW_PER_S)
        self.over = 0

    def take(self, data: bytes, address: Address, now_s: float) -> tuple[tuple[SourceKey, Heard], ...]:
        """What a packet says, if it is one, of somebody known or new, and not too much."""
        sender = self._sender(address, now_s)
        if sender is None:
            self.over += 1
            return ()
        sender.packets.note(now_s)
        sender.heard_s = now_s
        if not sender.allowance.allows(now_s):
            self.over += 1
            sender.refused += 1
            sender.reason = f"more than {self._protocol.most_per_s} packets a second"
            return ()
        try:
            found = sender.decode(data)
        except PacketError as error:
            sender.refused += 1
            sender.reason = str(error)
            return ()
        return tuple(
            (SourceKey(address, heard.subject), heard)
            for heard in found
            if _subject(sender, heard.subject).note(heard, now_s)
        )

    def figures(self, now_s: float) -> Iterator[SourceFigures]:
        """What is known of every source, the one heard first at the top."""
        for address, sender in self._senders.items():
            for subject, known in sender.subjects.items() or (("", _Subject()),):
                yield SourceFigures(
                    SourceKey(address, subject), sender.packets.per_s(now_s), known.faces.per_s(now_s),
                    now_s - (known.heard_s if subject else sender.heard_s), known.sees_face, known.lost,
                    sender.refused, sender.reason,
                )  # fmt: skip

    def _sender(self, address: Address, now_s: float) -> _Sender | None:
        known = self._senders.get(address)
        if known is not None:
            return known
        if not self._newcomers.allows(now_s):
            return None
        if len(self._senders) >= MOST_SENDERS:
            del self._senders[min(self._senders, key=lambda one: self._senders[one].heard_s)]
        sender = _Sender(self._protocol.open_decoder(), Allowance(self._protocol.most_per_s))
        return self._senders.setdefault(address, sender)


def _subject(sender: _Sender, name: str) -> _Subject:
    if name not in sender.subjects:
        if len(sender.subjects) >= MOST_SUBJECTS:
            del sender.subjects[min(sender.subjects, key=lambda one: sender.subjects[one].heard_s)]
        sender.subjects[name] = _Subject()
    return sender.subjects[name]

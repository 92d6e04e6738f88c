"""Listens for one protocol on a thread of its own, and hands every face over that it hears.

    network ---> thread: bounded, decoded, counted ---> on_heard(Arrival), on that thread
    any thread ---> sources(): what is known of who sends

It listens to this machine only unless it is opened: no protocol of these knows a password, and on an open port anybody
in the network can move the face.
"""

from __future__ import annotations

import errno
import logging
import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from viewer.capture.addresses import Address, CaptureError
from viewer.capture.heard import Heard
from viewer.capture.port_holder import holder_of
from viewer.capture.protocols import Protocol
from viewer.capture.rates import Allowance
from viewer.capture.senders import Senders, SourceFigures, SourceKey

THIS_MACHINE, ANYWHERE = "127.0.0.1", "0.0.0.0"
# Of all senders: twice what a whole body in VMC needs, and of the costliest packets a sixth of a processor's core.
MOST_BYTES_PER_S = 1_000_000.0
OVERHEAD_BYTES = 32  # what a packet costs besides its bytes
MOST_AT_ONCE = 64  # datagrams before it looks whether it is to stop
GREET_EVERY_S = 1.0  # while the phone is silent
_CLOSED = object()
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Arrival:
    """A face, whose it is, and when its packet came, in seconds of time.perf_counter()."""

    source: SourceKey
    heard: Heard
    arrived_s: float


class Receiver:
    """Between `start` and `stop` it listens. `on_heard` is called on its thread and must be quick.

    Args:
        port: instead of the protocol's own; 0: any that is free, see `address`.
        is_open: listen to the network, not to this machine only.
        phone: address of what wants to be greeted first, where the protocol has a greeting.
    """

    def __init__(
        self,
        protocol: Protocol,
        on_heard: Callable[[Arrival], None],
        *,
        port: int | None = None,
        is_open: bool = False,
        phone: Address | None = None,
    ) -> None:
        self.protocol = protocol
        self._on_heard = on_heard
        self._wanted = (ANYWHERE if is_open else THIS_MACHINE, protocol.port if port is None else port)
        self._phone = phone
        self._senders, self._lock = Senders(protocol), threading.Lock()
        self._allowance = Allowance(MOST_BYTES_PER_S)
        self._over = 0
        self._greeted_s, self._heard_s = -GREET_EVERY_S, -GREET_EVERY_S
        self._socket: socket.socket | None = None
        self._waker: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to listen.

        Raises:
            CaptureError: the port is taken, or this machine does not let us.
        """
        self._socket = _bound(self.protocol, self._wanted)
        self._waker, woken = socket.socketpair()
        name = f"capture {self.protocol.key}"
        self._thread = threading.Thread(target=self._listen, args=(self._socket, woken), name=name)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and close the port. Again is fine."""
        if self._thread is None or self._waker is None:
            return
        self._waker.close()  # what its other end is woken by
        self._thread.join()
        self._thread = self._waker = self._socket = None

    @property
    def address(self) -> Address:
        """Where it listens."""
        if self._socket is None:
            return self._wanted
        host, port = self._socket.getsockname()[:2]
        return host, port

    @property
    def over(self) -> int:
        """Packets that were too many, or too many senders', and were not looked into."""
        return self._over + self._senders.over

    def sources(self) -> tuple[SourceFigures, ...]:
        """What is known of who sends. Any thread."""
        with self._lock:
            return tuple(self._senders.figures(time.perf_counter()))

    def __enter__(self) -> Receiver:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- on its thread -----------------------------------------------------------------------------------------------
    def _listen(self, bound: socket.socket, woken: socket.socket) -> None:
        with bound, woken, selectors.DefaultSelector() as selector:
            selector.register(bound, selectors.EVENT_READ)
            selector.register(woken, selectors.EVENT_READ, _CLOSED)
            while True:
                self._greet(bound)
                ready = selector.select(GREET_EVERY_S if self._phone is not None else None)
                if any(key.data is _CLOSED for key, _ in ready):
                    return
                if ready:
                    self._drain(bound)

    def _drain(self, bound: socket.socket) -> None:
        for _ in range(MOST_AT_ONCE):
            try:
                data, address = bound.recvfrom(self.protocol.largest + 1)
            except BlockingIOError:
                return
            except OSError as error:  # Windows: longer than that, or a greeting that reached nobody
                self._over += 1
                log.debug("%s: %s", self.protocol.key, error)
                continue
            self._take(data, address[:2])

    def _take(self, data: bytes, address: Address) -> None:
        now_s = time.perf_counter()
        if not self._allowance.allows(now_s, len(data) + OVERHEAD_BYTES):
            self._over += 1
            return
        with self._lock:
            found = self._senders.take(data, address, now_s)
        self._heard_s = now_s
        for source, heard in found:
            self._on_heard(Arrival(source, heard, now_s))

    def _greet(self, bound: socket.socket) -> None:
        """Say to the phone that somebody listens, as long as it is silent."""
        now_s = time.perf_counter()
        if self._phone is None or min(now_s - self._greeted_s, now_s - self._heard_s) < GREET_EVERY_S:
            return
        self._greeted_s = now_s
        try:
            bound.sendto(self.protocol.greeting, self._phone)
        except OSError as error:
            log.debug("no greeting to %s: %s", self._phone, error)


def _bound(protocol: Protocol, address: Address) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows: else another program could take the port over
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        bound.setblocking(False)
        bound.bind(address)
    except (OSError, OverflowError) as error:
        bound.close()
        raise CaptureError(_why_not(protocol, address, error)) from error
    return bound


def _why_not(protocol: Protocol, address: Address, error: Exception) -> str:
    port = address[1]
    if getattr(error, "errno", None) in (errno.EADDRINUSE, errno.EACCES) and port >= 1024:
        holder = holder_of(port) or f"perhaps {protocol.others}"
        return f"port {port} is taken by another program, {holder}: close it, or choose another port for both"
    return f"cannot listen on port {port}: {getattr(error, 'strerror', None) or error}"

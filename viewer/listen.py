"""`mien listen`: hear what a phone or a tracker sends, say it, and keep it as a take."""

from __future__ import annotations

import argparse
import queue
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from viewer.capture.addresses import phone_address
from viewer.capture.captured import Captured
from viewer.capture.protocols import PROTOCOLS
from viewer.capture.receiver import Arrival, Receiver
from viewer.capture.senders import SourceFigures
from viewer.interruptions import Interruptions
from viewer.options import Parser, positive
from viewer.picture_file import refuse_unwritable
from viewer.sessions.take import save_take, take_of
from viewer.sessions.take_kind import refuse_ending

EXIT_NOTHING = 1
TELL_EVERY_S = 1.0


def main(arguments: Sequence[str]) -> int:
    """Listen as `arguments` ask for; 1: no face was heard."""
    options = parser().parse_args(list(arguments))
    if options.take_out:
        refuse_ending(options.take_out)
        refuse_unwritable(options.take_out)
    captured = Captured(subject=options.subject)
    arrivals: queue.Queue[Arrival] = queue.Queue()
    receiver = _receiver(options, arrivals)
    try:
        with Interruptions() as interruptions, receiver, interruptions.answered_at_once():
            _say_where(receiver, options)
            gather(receiver, arrivals, captured, options.seconds)
    except KeyboardInterrupt:
        print()  # behind the ^C
    finally:  # SIGTERM too
        _write(captured, options.take_out)
    return _told(captured, receiver, options)


def parser() -> Parser:
    """The options of `mien listen`."""
    result = Parser(prog="mien listen", description="Hear what a phone or a tracker sends, and keep it as a take.")
    result.add_argument("--protocol", choices=tuple(PROTOCOLS), required=True, help="what is spoken")
    result.add_argument("--seconds", type=positive, metavar="N", help="how long (default: until Ctrl-C)")
    result.add_argument("--take-out", type=Path, metavar="FILE.csv", help="keep what is heard: .csv, .glb or .json")
    result.add_argument("--port", type=_port, metavar="N", help="instead of the usual one")
    result.add_argument(
        "--open", action="store_true",
        help="listen to the network, not to this machine only: anybody in it can then move the face",
    )  # fmt: skip
    result.add_argument("--phone", metavar="HOST[:PORT]", help="greet this phone first (iFacialMocap)")
    result.add_argument("--subject", default="", metavar="NAME", help="keep this one (default: the first heard)")
    return result


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) < 65536):
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no port: 1 to 65535")
    return int(text)


def _receiver(options: argparse.Namespace, arrivals: queue.Queue[Arrival]) -> Receiver:
    protocol = PROTOCOLS[options.protocol]
    phone = phone_address(options.phone, protocol, is_open=options.open) if options.phone else None
    return Receiver(protocol, arrivals.put, port=options.port, is_open=options.open, phone=phone)


def _say_where(receiver: Receiver, options: argparse.Namespace) -> None:
    where = "the network: anybody in it can move the face" if options.open else "this machine only (--open: network)"
    print(f"mien: listening for {receiver.protocol.title} on port {receiver.address[1]}, to {where}", flush=True)


def gather(receiver: Receiver, arrivals: queue.Queue[Arrival], captured: Captured, seconds: float | None) -> None:
    """Take what comes until the time is over or there is no more room; say once a second what is heard."""
    end_s = time.perf_counter() + (seconds if seconds is not None else float("inf"))
    tell_s = time.perf_counter() + TELL_EVERY_S
    while (now_s := time.perf_counter()) < end_s and not captured.is_full:
        if now_s >= tell_s:
            tell_s = now_s + TELL_EVERY_S
            for told in receiver.sources():
                print(line(told), flush=True)
        try:
            captured.take(arrivals.get(timeout=max(min(end_s, tell_s) - now_s, 0.0)))
        except queue.Empty:
            continue


def line(told: SourceFigures) -> str:
    """One source in one line."""
    parts = [
        str(told.key) if told.key.subject else f"{told.key.address[0]}:{told.key.address[1]}",
        f"{told.packets_per_s:.0f} packets/s",
        f"{told.age_s * 1000:.0f} ms ago",
        "a face" if told.sees_face else "no face",
    ]
    parts += [f"{told.lost} lost"] if told.lost is not None else []
    parts += [f"{told.refused} refused: {told.reason}"] if told.refused else []
    return "  " + " · ".join(parts)


def _write(captured: Captured, path: Path | None) -> None:
    if path is not None and captured.faces:
        save_take(take_of(captured.rows, path), path)


def _told(captured: Captured, receiver: Receiver, options: argparse.Namespace) -> int:
    if not captured.faces:
        print(f"mien: {_why_nothing(receiver, options)}", file=sys.stderr)
        return EXIT_NOTHING
    kept = f", kept in {options.take_out}" if options.take_out else ""
    seconds = captured.rows[-1].time_s - captured.rows[0].time_s
    print(f"mien: {captured.faces} faces in {seconds:.1f} s of {captured.source}{kept}")
    return 0


def _why_nothing(receiver: Receiver, options: argparse.Namespace) -> str:
    """What may be wrong, in one line."""
    told = next(iter(receiver.sources()), None)
    if told is not None and told.reason:
        return f"no face was heard of {told.key.address[0]}: {told.reason}"
    if told is not None:
        return f"no face was heard: {told.key} sees none"
    hint = "" if options.open else " Phones need --open"
    return f"nothing was heard on port {options.port or receiver.protocol.port}: is the sender on?{hint}"

"""`mien send`: a take or a performance as a phone would send it, to try capture without one."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from viewer.capture.addresses import address_of
from viewer.capture.face_sender import FaceSender
from viewer.capture.protocols import PROTOCOLS
from viewer.options import Parser, positive
from viewer.sessions.take import Take, open_take

DEFAULT_FPS, MOST_FPS = 60.0, 240.0
DEFAULT_TAKE = "talk"


def main(arguments: Sequence[str]) -> int:
    """Send what `arguments` ask for."""
    options = parser().parse_args(list(arguments))
    protocol, take = PROTOCOLS[options.protocol], open_take(options.take)
    to = address_of(options.to or "localhost", protocol.port)
    with FaceSender(protocol, to) as sender:
        print(f"mien: sending {take.title} as {protocol.title} to {to[0]}:{to[1]}; Ctrl-C ends it", flush=True)
        play(sender, take, options.seconds or take.seconds, options.fps)
        print(f"mien: {sender.sent} faces sent")
    return 0


def parser() -> Parser:
    """The options of `mien send`."""
    result = Parser(prog="mien send", description="Send a take as a phone would, to try live capture without one.")
    result.add_argument("--protocol", choices=tuple(PROTOCOLS), required=True, help="as what it is sent")
    result.add_argument(
        "--take", default=DEFAULT_TAKE, metavar="NAME|FILE", help=f"what is sent (default: {DEFAULT_TAKE})"
    )
    result.add_argument("--seconds", type=positive, metavar="N", help="how long (default: as long as the take)")
    result.add_argument("--fps", type=_fps, default=DEFAULT_FPS, metavar="N", help="faces a second (default: 60)")
    result.add_argument("--to", metavar="HOST[:PORT]", help="IP address (default: this machine, the usual port)")
    return result


def play(sender: FaceSender, take: Take, seconds: float, fps: float) -> None:
    """Send the face of now, so many a second, for so long; the take begins anew when it ends."""
    began_s = time.perf_counter()
    for number in range(max(round(seconds * fps), 1)):
        wait_s = began_s + number / fps - time.perf_counter()
        if wait_s > 0:
            time.sleep(wait_s)
        sender.send(take.at(number / fps % take.seconds), number / fps)


def _fps(text: str) -> float:
    value = positive(text)
    if value > MOST_FPS:
        raise argparse.ArgumentTypeError(f"{text} is more than {MOST_FPS:g} faces a second")
    return value

"""The protocols of live capture: where each listens, how much may come, and how its bytes are read and written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gpu_core.expression import Expression
from viewer.capture import ifacialmocap, livelink, openseeface, vmc
from viewer.capture.heard import Heard
from viewer.capture.osc import bundled

Decode = Callable[[bytes], tuple[Heard, ...]]
Encode = Callable[[Expression, int, float], list[bytes]]


@dataclass(frozen=True)
class Protocol:
    """One protocol. `open_decoder` is for one sender each; `encode` takes a face, its number and its second."""

    key: str  # on the command line
    title: str
    port: int
    largest: int  # bytes of a datagram
    most_per_s: int  # datagrams a second of one sender
    others: str  # who else listens on that port
    open_decoder: Callable[[], Decode]
    encode: Encode
    greeting: bytes = b""  # what the phone wants to hear first


def _livelink(face: Expression, number: int, _time_s: float) -> list[bytes]:
    return [livelink.encode(face, frame=number)]


def _ifacialmocap(face: Expression, _number: int, _time_s: float) -> list[bytes]:
    return [ifacialmocap.encode(face)]


def _openseeface(face: Expression, _number: int, time_s: float) -> list[bytes]:
    return [openseeface.encode(openseeface.tracked(face, time_s=time_s))]


def _vmc(face: Expression, _number: int, time_s: float) -> list[bytes]:
    return bundled(vmc.encode(face, time_s=time_s))


def _decode_vmc() -> Decode:
    return vmc.Decoder().decode


_SINGLE = 300  # datagrams a second where a face is one: more than twice the fastest phone
PROTOCOLS: Mapping[str, Protocol] = {
    protocol.key: protocol
    for protocol in (
        Protocol(
            "livelink", "Live Link Face", livelink.PORT, livelink.LARGEST, _SINGLE,
            "Unreal Engine, or another Mien", lambda: livelink.decode, _livelink,
        ),
        Protocol(
            "ifacialmocap", "iFacialMocap", ifacialmocap.PORT, ifacialmocap.LARGEST, _SINGLE,
            "iFacialMocap's own program, or another Mien", lambda: ifacialmocap.decode, _ifacialmocap,
            ifacialmocap.GREETING_V2,
        ),
        Protocol(
            "openseeface", "OpenSeeFace", openseeface.PORT, openseeface.MOST_FACES * openseeface.FACE_BYTES, _SINGLE,
            "VSeeFace, or another Mien", lambda: openseeface.decode, _openseeface,
        ),
        # Where nothing is bundled, 150 blendshapes and bones come as a datagram each, 60 times a second.
        Protocol(
            "vmc", "VMC", vmc.PORT, vmc.LARGEST, 10_000,
            "an avatar's program, or another Mien", _decode_vmc, _vmc,
        ),
    )
}  # fmt: skip

"""A million inputs for the decoders of live capture: faces, or one reason; nothing else, whatever comes."""

from __future__ import annotations

import copy
import gc
import random
import struct
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from gpu_core.expression import Expression
from tests.viewer.capture.packets import packets
from viewer.capture import vmc
from viewer.capture.heard import Heard, PacketError
from viewer.capture.protocols import PROTOCOLS

pytestmark = pytest.mark.soak

INPUTS = 250_000  # of each protocol: a million in all
FUZZED = 250_000  # of each protocol, led by what the decoders do
_NASTY = [struct.pack(">i", number) for number in (-1, 0, 1, -(2**31), 2**31 - 1, 256, 65_536)]
_NASTY += [struct.pack(kind, number) for kind in ("<f", ">f") for number in (float("nan"), float("inf"), 1e38)]
_NASTY += [b"nan", b"-1e999", b"|", b"#", b"&", b"=head#", b"#bundle\0", b"/", b",sf\0", bytes(16), b"\xff" * 5]
_NASTY += [struct.pack("<d", float("nan")), b"\xf0\x9f\x98\x80", b"\xc0\x80"]


def broken(chance: random.Random, seeds: list[bytes], most: int) -> bytes:
    """A real packet with something done to it, or only noise."""
    if chance.random() < 0.05:
        return chance.randbytes(chance.randrange(200))
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 2, 8))):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(7):
            case 0:
                data[at : at + 1] = chance.randbytes(1)
            case 1:
                del data[at:]
            case 2:
                nasty = chance.choice(_NASTY)
                data[at : at + len(nasty)] = nasty
            case 3:
                data[at:at] = chance.choice(_NASTY)
            case 4:
                del data[at : at + chance.randrange(1, 9)]
            case 5:
                data += chance.choice(seeds)[:at]
            case _:
                data[at:at] = data[:at] if len(data) < most else b""
    return bytes(data)


def checked(heard: tuple[Heard, ...]) -> int:
    """Every face is one, every name can be shown."""
    for one in heard:
        assert one.subject.isprintable()
        assert len(one.subject) <= 64
        assert one.expression is None or isinstance(one.expression, Expression)
        assert one.expression is None or one.expression.clamped()[1] == ()
    return len(heard)


@pytest.mark.parametrize("key", PROTOCOLS)
def test_damaged_packets_give_a_face_or_one_reason_and_cost_no_memory(key: str) -> None:
    protocol, chance, process = PROTOCOLS[key], random.Random(key), psutil.Process()
    seeds = packets(key, 4)
    seeds += vmc.encode(Expression())[:8] if key == "vmc" else []
    decoder = vmc.Decoder()
    reasons: set[str] = set()
    faces = refused = 0
    settled = 0
    for number in range(INPUTS):
        if number % 1000 == 0:
            decoder = vmc.Decoder()
        if number == INPUTS // 5:
            gc.collect()
            settled = process.memory_info().rss
        data = broken(chance, seeds, protocol.largest)
        before = copy.copy(vars(decoder)), dict(decoder._values)
        try:
            faces += checked(decoder.decode(data) if key == "vmc" else protocol.open_decoder()(data))
        except PacketError as error:
            refused += 1
            text = str(error)
            assert text.isprintable()
            assert len(text) < 160
            if len(reasons) < 1000:
                reasons.add(text)
            after = vars(decoder)
            assert after["_values"] == before[1]
            assert {**after, "_values": 0} == {**before[0], "_values": 0}
    gc.collect()
    grown = (process.memory_info().rss - settled) / 2**20
    assert refused > INPUTS // 10
    assert faces > INPUTS // 100
    assert len(reasons) > 3
    assert grown < 10.0, f"{grown:.1f} MiB more"


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed: it is for Linux only")
@pytest.mark.parametrize("key", PROTOCOLS)
def test_a_fuzzer_that_watches_the_decoders_finds_nothing(key: str, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, data in enumerate(packets(key, 2)):
        (corpus / f"{number}").write_bytes(data)
    command = [sys.executable, "-m", "tests.soak.fuzz_capture", key, str(FUZZED), str(corpus)]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, errors="replace", timeout=900
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert f"Done {FUZZED} runs in" in done.stderr

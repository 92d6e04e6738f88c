"""`python -m tests.soak.fuzz_capture PROTOCOL RUNS CORPUS`: one decoder under atheris, in a process of its own."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["viewer.capture", "gpu_core.gltf.shape_names"]):
    from viewer.capture.heard import PacketError
    from viewer.capture.protocols import PROTOCOLS

SLOWEST_S, MOST_MB = 5, 1000


def main() -> None:
    """Fuzz; libFuzzer ends the process, with 0 if nothing was found."""
    key, runs, corpus = sys.argv[1:]
    protocol = PROTOCOLS[key]

    def one(data: bytes) -> None:
        try:
            protocol.open_decoder()(data)
        except PacketError as error:
            if not str(error).isprintable():
                raise AssertionError(repr(str(error))) from error

    options = [f"-runs={runs}", f"-max_len={protocol.largest + 16}", f"-timeout={SLOWEST_S}", "-seed=1"]
    atheris.Setup([sys.argv[0], *options, f"-rss_limit_mb={MOST_MB}", corpus], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

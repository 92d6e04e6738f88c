"""eSpeak NG in a process of its own: `python -m viewer.speech.espeak_child`. A request a line, answers on stdout.

    {"text": ..., "voice": "en-us", "rate": 175, "pitch": 50, "volume": 100}
    {"rate": 22050, "samples": n, "events": [[kind, ms, id, text_position, length], ...]} and then n int16 little-endian
    {"error": "..."}

eSpeak NG is GPL-3; a process of its own keeps its licence, its crashes and its global state away from Mien. Its C
interface is `speak_lib.h` of version 1.52.
"""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any, BinaryIO

SYNCHRONOUS = 2
PHONEME_EVENTS, IPA, DO_NOT_EXIT = 0x0001, 0x0002, 0x8000
UTF8 = 1
RATE, VOLUME, PITCH = 1, 2, 3  # espeak_PARAMETER
WORD, PHONEME = 1, 7  # espeak_EVENT_TYPE


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int), ("unique_identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", _Id),
    )  # fmt: skip


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """The library, opened. One a process: its state is global."""

    def __init__(self, library: str, data: str) -> None:
        self._lib = ctypes.CDLL(library)
        self._callback = _Callback(self._take)  # has to outlive the library's use of it
        self._sound = bytearray()
        self._events: list[tuple[int, int, str, int, int]] = []
        options = PHONEME_EVENTS | IPA | DO_NOT_EXIT
        self.rate = self._lib.espeak_Initialize(SYNCHRONOUS, 0, data.encode(), options)
        if self.rate <= 0:
            raise OSError(f"eSpeak NG does not start with the data in {data}")
        self._lib.espeak_SetSynthCallback(self._callback)

    def speak(self, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        """An answer and its samples."""
        if self._lib.espeak_SetVoiceByName(str(request["voice"]).encode()) != 0:
            return {"error": f"eSpeak NG has no voice {request['voice']!r}"}, b""
        for parameter, name in ((RATE, "rate"), (PITCH, "pitch"), (VOLUME, "volume")):
            self._lib.espeak_SetParameter(parameter, int(request[name]), 0)
        self._sound.clear()
        self._events.clear()
        text = str(request["text"]).encode() + b"\0"
        code = self._lib.espeak_Synth(text, len(text), 0, 1, 0, UTF8, None, None)
        if code != 0:
            return {"error": f"eSpeak NG cannot speak this: code {code}"}, b""
        self._lib.espeak_Synchronize()
        sound = bytes(self._sound)
        return {"rate": self.rate, "samples": len(sound) // 2, "events": self._events}, sound

    def _take(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._sound += ctypes.string_at(samples, 2 * count)
        at = 0
        while events[at].type != 0:
            event = events[at]
            if event.type in (WORD, PHONEME):
                name = ctypes.string_at(ctypes.addressof(event.id), 8).split(b"\0")[0] if event.type == PHONEME else b""
                told = name.decode("utf-8", "replace")
                self._events.append((event.type, event.audio_position, told, event.text_position, event.length))
            at += 1
        return 0


def serve(espeak: Espeak, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until stdin ends."""
    for line in requests:
        answer, sound = espeak.speak(json.loads(line))
        answers.write(json.dumps(answer).encode() + b"\n" + sound)
        answers.flush()


def main() -> None:
    """Open what is installed and serve."""
    import espeakng_loader

    espeak = Espeak(espeakng_loader.get_library_path(), espeakng_loader.get_data_path())
    serve(espeak, sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()

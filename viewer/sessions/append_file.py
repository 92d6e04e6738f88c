"""A text file that only grows, by whole lines: what was appended is on the disk's side of the process."""

from __future__ import annotations

import os
from pathlib import Path


class AppendFile:
    """A new file that begins with `header`; for one thread.

    Raises:
        OSError: from every method, as the operating system says it: a recorder has more to say about it.
    """

    def __init__(self, path: Path, header: str) -> None:
        self.path = path
        self._file = path.open("xb", buffering=0)
        try:
            self.append(header + "\n")
        except OSError:
            self.close()
            raise

    def append(self, text: str) -> None:
        """Append whole lines; if the disk is full, none of them."""
        data = memoryview(text.encode())
        end = self._file.seek(0, os.SEEK_END)
        try:
            # A nearly full disk takes a part and says so only when asked for the rest.
            while data:
                data = data[self._file.write(data) :]
        except OSError:
            self._file.truncate(end)
            raise

    def close(self) -> None:
        """Close the file. Again is fine."""
        self._file.close()


def cut_to_whole_lines(path: Path) -> int:
    """Cut off what follows the last line end; returns how many bytes that was.

    Raises:
        OSError: the file cannot be read or cut.
    """
    with path.open("r+b") as file:
        end = file.seek(0, os.SEEK_END)
        at, kept = end, 0
        while at > 0 and not kept:
            start = max(0, at - 65536)
            file.seek(start)
            found = file.read(at - start).rfind(b"\n")
            kept, at = (start + found + 1, start) if found >= 0 else (0, start)
        file.truncate(kept)
        return end - kept

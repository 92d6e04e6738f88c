"""The outside of CSV files: separators, limits, what is no text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from viewer.sessions import csv_table
from viewer.sessions.csv_table import LINE_LIMIT, open_table
from viewer.sessions.timed_expression import TakeError


def rows(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    with open_table(path) as table:
        return table.header, list(table)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_separators_line_ends_and_empty_rows(tmp_path: Path, separator: str, end: str) -> None:
    path = tmp_path / "take.csv"
    path.write_bytes(
        end.join(["\ufeff" + separator.join("abc"), separator.join("123"), "", separator * 2, "x"]).encode()
    )
    header, body = rows(path)
    assert header == list("abc")
    assert body == [(2, list("123")), (5, ["x"])]


def test_a_cut_end_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "take.csv"
    for text, cut in (("a\n1\n", False), ("a\n1", True)):
        path.write_text(text)
        with open_table(path) as table:
            list(table)
            assert table.cut is cut


@pytest.mark.parametrize("text", ["x" * LINE_LIMIT, "a\n" + "x" * LINE_LIMIT, "a\n1\n" + "," * 1_000_000])
def test_a_line_without_end_is_not_read_to_its_end(tmp_path: Path, text: str) -> None:
    path = tmp_path / "take.csv"
    path.write_text(text)
    with pytest.raises(TakeError, match=rf"take\.csv:{1 + text.count(chr(10))}: .*more than 65536"):
        rows(path)


def test_what_is_no_file_to_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "big.csv").write_text("a\n" * 99)
    (tmp_path / "utf16.csv").write_text("Timecode", encoding="utf-16")
    monkeypatch.setattr(csv_table, "MAX_BYTES", 100)
    for name, why in (("pipe", "no plain file"), ("big.csv", "at most"), ("utf16.csv", "not text"), ("gone", "No such"),
                      (".", "Is a directory"), ("nul\0", "null")):  # fmt: skip
        with pytest.raises(TakeError, match=why):
            rows(tmp_path / name)

"""JSON files of Mien: headers, and the refusals that every kind of file shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from gpu_core.errors import MienError
from viewer.performance.json_file import JsonForm, check_header, number, read_json

FORM = JsonForm("preset", 3)


def test_a_header_is_understood_up_to_its_schema() -> None:
    assert check_header(FORM.header(), FORM) == {"mien": "preset", "schema": 3}
    assert check_header({"mien": "preset", "schema": 1}, FORM)
    for schema in (4, 0, True, "3", None, 3.0):
        with pytest.raises(MienError, match="schema"):
            check_header({"mien": "preset", "schema": schema}, FORM)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "big.json").write_text("[" * 11)
    with pytest.raises(MienError, match="at most"):
        read_json(tmp_path / "big.json", JsonForm("preset", 3, most_bytes=10))


def test_numbers_are_finite_and_no_truth_values() -> None:
    assert number(3, "it") == 3.0
    for value in (True, "3", None, float("nan"), float("-inf"), 10**400, -1e13):
        with pytest.raises(MienError, match="it must be a number"):
            number(value, "it")

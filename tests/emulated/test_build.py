"""Building what the emulated tests need: once, and with a reason where it cannot be done."""

from __future__ import annotations

import pytest

from tests.emulation import build


@pytest.fixture(autouse=True)
def fresh_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "BUILT", tmp_path)


def test_a_library_is_built_once_for_what_it_is_made_of(tmp_path):
    header = tmp_path / "number.h"
    header.write_text("#define NUMBER 1\n")
    source = f'#include "{header}"\nextern "C" int number() {{ return NUMBER; }}\n'
    first = build.built("libnumber.so", [header], source, [])
    made = first.stat().st_mtime_ns
    assert build.built("libnumber.so", [header], source, []) == first
    assert first.stat().st_mtime_ns == made
    header.write_text("#define NUMBER 2\n")
    assert build.built("libnumber.so", [header], source, []) != first


def test_what_the_compiler_says_is_told():
    with pytest.raises(RuntimeError, match=r"refuses libwrong.so:(.|\n)*error"):
        build.built("libwrong.so", [], "int f() { return nothing; }", [])


def test_a_missing_compiler_is_named(monkeypatch):
    monkeypatch.setenv("CXX", "no-such-compiler")
    with pytest.raises(build.CannotBuild, match=r"no-such-compiler is missing.*apt-get install g\+\+"):
        build.built("libnumber.so", [], "", [])


def test_missing_headers_are_named(monkeypatch):
    monkeypatch.setattr(build.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(build.CannotBuild, match="nvidia-cuda-runtime"):
        build.build_driver()

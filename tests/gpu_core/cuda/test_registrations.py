"""Registering and mapping: once each, together, given back whatever happens in between."""

from __future__ import annotations

import pytest

from gpu_core.cuda.calls import lost
from gpu_core.cuda.registrations import Registrations
from gpu_core.errors import CudaError
from tests.gpu_core.cuda.fake_driver import FakeStream

STREAM = FakeStream()


@pytest.fixture
def registrations(driver):
    registrations = Registrations()
    yield registrations
    registrations.close()
    if not lost():
        assert not driver.live
        assert not driver.mapped


def test_each_object_is_registered_once(driver, registrations):
    assert registrations.texture(3) is registrations.texture(3)
    assert registrations.texture(3) is not registrations.texture(4)
    assert driver.count("resource") == 2


def test_objects_are_mapped_and_unmapped_with_one_call(driver, registrations):
    read = [registrations.texture(name) for name in (1, 2)]
    written = [registrations.texture(3)]
    with registrations.mapped(read, written, STREAM):
        assert len(driver.mapped) == 3
    assert not driver.mapped
    assert [driver.calls.count(f"cuGraphics{what}Resources") for what in ("Map", "Unmap")] == [1, 1]


def test_the_driver_is_told_what_for_only_when_that_is_new(driver, registrations):
    entry = registrations.texture(1)
    for reads, writes in (([entry], []), ([entry], []), ([], [entry])):
        with registrations.mapped(reads, writes, STREAM):
            pass
    assert driver.calls.count("cuGraphicsResourceSetMapFlags") == 2


def test_nothing_is_mapped_twice(registrations):
    entry, other = registrations.texture(1), registrations.texture(2)
    with pytest.raises(RuntimeError, match="mapped already"), registrations.mapped([entry], [entry], STREAM):
        pass
    again = registrations.mapped([other, entry], [], STREAM)
    with registrations.mapped([entry], [], STREAM), pytest.raises(RuntimeError, match="mapped already"):
        again.__enter__()


def test_a_body_that_raises_gives_everything_back(driver, registrations):
    entry = registrations.buffer(1)
    with pytest.raises(ZeroDivisionError), registrations.mapped([entry], [], STREAM):
        raise ZeroDivisionError
    assert not driver.mapped
    with registrations.mapped([entry], [], STREAM):
        pass


@pytest.mark.parametrize("code", [2, 304, 999])
@pytest.mark.parametrize(
    ("name", "make"),
    [("cuGraphicsGLRegisterImage", "texture"), ("cuGraphicsGLRegisterBuffer", "buffer")],
)
def test_what_is_refused_is_not_remembered(driver, registrations, name, make, code):
    with driver.failing(name, code), pytest.raises(CudaError, match=rf"{name} failed.*\({code}\)"):
        getattr(registrations, make)(1)
    assert getattr(registrations, make)(1)
    assert lost() is None


@pytest.mark.parametrize(
    ("name", "make"),
    [("cuGraphicsGLRegisterImage", "texture"), ("cuGraphicsGLRegisterBuffer", "buffer")],
)
def test_success_with_a_null_handle_is_a_failure(driver, registrations, name, make):
    driver.null = name
    with pytest.raises(CudaError, match=f"{name} failed: CUDA_SUCCESS .0.; with a null handle"):
        getattr(registrations, make)(1)


@pytest.mark.parametrize("name", ["cuGraphicsMapResources", "cuGraphicsResourceSetMapFlags"])
def test_a_refused_mapping_leaves_everything_with_opengl(driver, registrations, name):
    entry = registrations.texture(1)
    with driver.failing(name), pytest.raises(CudaError, match=name), registrations.mapped([entry], [], STREAM):
        pytest.fail("nothing is mapped")
    with registrations.mapped([entry], [], STREAM):
        assert driver.mapped


def refuse_unmapping(driver) -> None:
    """From now on the driver unmaps nothing, and thinks that nothing is mapped."""
    driver.fail("cuGraphicsUnmapResources")
    driver.mapped.clear()


def test_what_cannot_be_given_back_is_registered_anew(driver, registrations, caplog):
    entry = registrations.texture(1)
    with pytest.raises(CudaError, match="cuGraphicsUnmapResources"), registrations.mapped([entry], [], STREAM):
        refuse_unmapping(driver)
    assert "while closing: cuGraphicsUnmapResources" in caplog.text
    driver.fail("cuGraphicsUnmapResources", 0)
    assert registrations.texture(1) is not entry


def test_the_error_of_the_body_is_the_one_that_is_told(driver, registrations):
    mapping = registrations.mapped([registrations.texture(1)], [], STREAM)
    mapping.__enter__()
    refuse_unmapping(driver)
    assert not mapping.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
    driver.fail("cuGraphicsUnmapResources", 0)


def test_what_is_forgotten_is_unregistered_even_while_it_is_mapped(driver, registrations):
    registrations.forget(1)
    both = [registrations.texture(1), registrations.texture(2)]
    with registrations.mapped(both, [], STREAM):
        registrations.forget(1)
        assert driver.count("resource") == 1
    assert not driver.mapped


def test_of_a_lost_device_nothing_is_called(driver, registrations):
    entry = registrations.texture(1)
    driver.fail("cuGraphicsGLRegisterImage", 700)
    with pytest.raises(CudaError, match="700"), registrations.mapped([entry], [], STREAM):
        registrations.texture(2)
    reached = len(driver.calls)
    registrations.abandon()
    registrations.close()
    assert len(driver.calls) == reached

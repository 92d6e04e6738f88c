"""Textures in place: arrays and surfaces are of one mapping, and outlive the kernels that use them."""

from __future__ import annotations

import pytest

from gpu_core.cuda.image_tier import ImageTier
from gpu_core.cuda.tier import Picture
from gpu_core.errors import CudaError
from tests.gpu_core.cuda.fake_driver import FakeStream

STREAM = FakeStream()
PICTURES = (
    Picture("render", 1, 64, 32),
    Picture("depth", 2, 64, 32, 1, "float32"),
    Picture("display", 3, 64, 32, written=True),
)


@pytest.fixture
def tier(driver):
    tier = ImageTier()
    yield tier
    tier.close()
    tier.close()
    assert not driver.live
    assert not driver.mapped


def test_each_picture_is_a_surface_of_its_own(driver, tier):
    with tier.passing(PICTURES, STREAM) as sources:
        assert sorted(sources) == ["depth", "display", "render"]
        assert len({source.handle for source in sources.values()}) == 3
        assert (sources["depth"].channels, sources["depth"].dtype) == (1, "float32")
        assert (sources["render"].width, sources["render"].height, sources["render"].pitch) == (64, 32, 0)
    assert driver.calls.count("cuGraphicsMapResources") == 1


def test_nothing_crosses_the_bus(tier):
    assert tier.bus_bytes(PICTURES) == 0


def test_surfaces_are_made_anew_and_kept_until_the_device_is_through(driver, tier):
    driver.lagging = True
    for mappings in range(1, 4):
        with tier.passing(PICTURES, STREAM):
            pass
        assert driver.count("surface") == 3 * mappings
    driver.catch_up()
    with tier.passing(PICTURES, STREAM):
        assert driver.count("surface") == 3
    assert not {"cuEventSynchronize", "cuStreamSynchronize"} & set(driver.calls)


@pytest.mark.parametrize("name", ["cuGraphicsSubResourceGetMappedArray", "cuSurfObjectCreate"])
@pytest.mark.parametrize("null", [False, True])
def test_a_refusal_half_way_gives_back_what_was_had(driver, tier, name, null):
    with tier.passing(PICTURES, STREAM):
        pass
    driver.null = name if null else ""
    driver.fail(name, 0 if null else 2)
    with pytest.raises(CudaError, match=name), tier.passing(PICTURES, STREAM):
        pytest.fail("there is nothing to use")
    driver.fail(name, 0)
    driver.null = ""
    assert not driver.mapped
    with tier.passing(PICTURES, STREAM):
        pass


@pytest.mark.parametrize("name", ["cuEventCreate", "cuEventRecord"])
def test_without_an_event_the_kernels_are_waited_for(driver, tier, name):
    with driver.failing(name, 2), tier.passing(PICTURES, STREAM):
        pass
    assert "cuStreamSynchronize" in driver.calls
    assert not driver.count("surface")


def test_a_failing_query_forgets_no_surface(driver, tier):
    with tier.passing(PICTURES, STREAM):
        pass
    with driver.failing("cuEventQuery", 2), pytest.raises(CudaError), tier.passing(PICTURES, STREAM):
        pass
    assert not driver.mapped
    assert driver.count("surface") == 3


def test_textures_that_go_are_unregistered(driver, tier):
    with tier.passing(PICTURES, STREAM):
        pass
    tier.forget([1, 3, 99])
    assert driver.count("resource") == 1


def test_an_abandoned_tier_calls_nothing(driver):
    tier = ImageTier()
    with tier.passing(PICTURES, STREAM):
        pass
    reached = len(driver.calls)
    tier.abandon()
    tier.close()
    assert len(driver.calls) == reached

"""The emulated driver and OpenGL: registering, mapping, who sees what when, and every wrong way of doing it."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest
from OpenGL import GL

from tests.emulated.bench import Bench, call, driver, raises, refusal

WIDTH, HEIGHT = 13, 7
READ_ONLY, WRITE_DISCARD, SURFACE = 1, 2, 4
INVALID_GRAPHICS_CONTEXT, NO_DEVICE, INVALID_VALUE, INVALID_HANDLE, MAP_FAILED = 219, 100, 1, 400, 205
ALREADY_MAPPED, NOT_MAPPED, NOT_MAPPED_AS_ARRAY, NOT_MAPPED_AS_POINTER, OPERATING_SYSTEM = 208, 211, 212, 213, 304
ILLEGAL_ADDRESS = 700


class Texture:
    """A texture, registered with CUDA; `close` unregisters and deletes it."""

    def __init__(self, pixels, flags=SURFACE, internal=GL.GL_RGBA8):
        height, width = pixels.shape[:2]
        self.name = GL.glGenTextures(1)
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.name)
        GL.glTexImage2D(
            GL.GL_TEXTURE_2D,
            0,
            internal,
            width,
            height,
            0,
            GL.GL_RGBA,
            GL.GL_UNSIGNED_BYTE,
            np.ascontiguousarray(pixels),
        )
        self.resource = call("cuGraphicsGLRegisterImage", self.name, GL.GL_TEXTURE_2D, flags)

    def map(self, stream):
        """Map it; the array."""
        call("cuGraphicsMapResources", 1, self.resource, stream.handle)
        return call("cuGraphicsSubResourceGetMappedArray", self.resource, 0, 0)

    def unmap(self, stream):
        call("cuGraphicsUnmapResources", 1, self.resource, stream.handle)

    def pixels(self):
        """What OpenGL has in it."""
        GL.glBindTexture(GL.GL_TEXTURE_2D, self.name)
        found = np.empty((HEIGHT, WIDTH, 4), np.uint8)
        GL.glPixelStorei(GL.GL_PACK_ALIGNMENT, 1)
        GL.glGetTexImage(GL.GL_TEXTURE_2D, 0, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, found)
        return found

    def close(self):
        assert refusal("cuGraphicsUnregisterResource", self.resource) in (0, ILLEGAL_ADDRESS)
        GL.glDeleteTextures([self.name])


def picture(seed):
    """Random RGBA8 pixels of an odd size."""
    return np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH, 4), np.uint8)


def surface_of(array):
    """A surface object over a mapped array."""
    resource = driver.CUDA_RESOURCE_DESC()
    resource.resType = driver.CUresourcetype.CU_RESOURCE_TYPE_ARRAY
    resource.res.array.hArray = array
    return np.uint64(int(call("cuSurfObjectCreate", resource)))


def destroy(surface):
    call("cuSurfObjectDestroy", driver.CUsurfObject(int(surface)))


@pytest.fixture
def bench(emulated_gl):
    bench = Bench()
    yield bench
    bench.forget()


@pytest.fixture
def texture(bench):
    texture = Texture(picture(1))
    yield texture
    texture.close()


def fill(bench, texture, value, stream=None):
    """Map, fill by a kernel, unmap; the surface, not destroyed yet."""
    stream = stream or bench.stream
    surface = surface_of(texture.map(stream))
    bench.run("fill_surface", surface, np.int32(WIDTH), np.int32(HEIGHT), np.int32(value), stream=stream)
    texture.unmap(stream)
    return surface


def test_a_kernel_reads_one_texture_and_writes_another(bench, texture):
    other = Texture(picture(2), SURFACE | WRITE_DISCARD)
    surfaces = [surface_of(one.map(bench.stream)) for one in (texture, other)]
    bench.run("flip_surface", *surfaces, np.int32(WIDTH), np.int32(HEIGHT))
    texture.unmap(bench.stream)
    other.unmap(bench.stream)
    np.testing.assert_array_equal(other.pixels(), picture(1)[::-1])
    np.testing.assert_array_equal(texture.pixels(), picture(1))
    for surface in surfaces:
        destroy(surface)
    other.close()


def test_protected_memory_hinders_no_mapping(bench, emulator):
    emulator.protect()
    test_a_kernel_reads_one_texture_and_writes_another(bench, texture := Texture(picture(1)))
    texture.close()


def test_bindings_and_pixel_store_stay_as_they_were(bench, texture):
    buffer = GL.glGenBuffers(1)
    GL.glBindBuffer(GL.GL_PIXEL_UNPACK_BUFFER, buffer)
    GL.glPixelStorei(GL.GL_UNPACK_ROW_LENGTH, 99)
    GL.glBindTexture(GL.GL_TEXTURE_2D, 0)
    destroy(fill(bench, texture, 5))
    assert GL.glGetIntegerv(GL.GL_PIXEL_UNPACK_BUFFER_BINDING) == buffer
    assert GL.glGetIntegerv(GL.GL_UNPACK_ROW_LENGTH) == 99
    assert GL.glGetIntegerv(GL.GL_TEXTURE_BINDING_2D) == 0
    GL.glPixelStorei(GL.GL_UNPACK_ROW_LENGTH, 0)
    GL.glDeleteBuffers(1, [buffer])
    assert (texture.pixels() == 5).all()


def test_every_mapping_has_an_array_of_its_own(bench, texture):
    arrays = set()
    for _ in range(3):
        arrays.add(int(texture.map(bench.stream)))
        texture.unmap(bench.stream)
    assert len(arrays) == 3


def test_what_was_unmapped_must_not_be_used_any_more(bench, texture):
    array = texture.map(bench.stream)
    surface = surface_of(array)
    texture.unmap(bench.stream)
    with pytest.raises(AssertionError, match="INVALID_VALUE"):
        surface_of(array)
    with raises("ILLEGAL_ADDRESS"):
        bench.run("fill_surface", surface, np.int32(WIDTH), np.int32(HEIGHT), np.int32(1))


def test_a_surface_of_the_mapping_before_is_a_fault(bench, texture):
    surface = fill(bench, texture, 5)
    texture.map(bench.stream)
    with raises("ILLEGAL_ADDRESS"):
        bench.run("fill_surface", surface, np.int32(WIDTH), np.int32(HEIGHT), np.int32(1))


def test_lazily_work_from_before_the_unmapping_may_run_after_it(bench, texture, emulator):
    emulator.mode("lazy")
    surface = fill(bench, texture, 9)
    bench.stream.sync()
    assert emulator.report()["faults"] == []
    destroy(surface)


def test_lazily_a_surface_is_needed_until_its_work_is_done(bench, texture, emulator):
    emulator.mode("lazy")
    destroy(fill(bench, texture, 9))
    with raises("ILLEGAL_ADDRESS"):
        bench.stream.sync()
    assert "surface object that does not exist" in emulator.report()["faults"][0]


def test_read_only_means_that_nothing_is_written(bench, emulator):
    texture = Texture(picture(3), SURFACE | READ_ONLY)
    surface = surface_of(texture.map(bench.stream))
    with raises("ILLEGAL_ADDRESS"):
        bench.run("fill_surface", surface, np.int32(WIDTH), np.int32(HEIGHT), np.int32(1))
    assert "read-only" in emulator.report()["faults"][0]
    np.testing.assert_array_equal(texture.pixels(), picture(3))
    GL.glDeleteTextures([texture.name])


def test_lazily_opengl_sees_new_pixels_once_a_fence_was_waited_for(bench, texture, emulator):
    emulator.mode("lazy")
    before = emulator.fence()
    surface = fill(bench, texture, 200)
    after = emulator.fence()
    np.testing.assert_array_equal(texture.pixels(), picture(1))
    emulator.wait(before)
    np.testing.assert_array_equal(texture.pixels(), picture(1))
    emulator.wait(after)
    assert (texture.pixels() == 200).all()
    destroy(surface)


def test_lazily_mapping_again_waits_for_the_mapping_before(bench, texture, emulator):
    emulator.mode("lazy")
    other = bench.device.create_stream()
    surfaces = [fill(bench, texture, 200)]
    copy = Texture(picture(4))
    surfaces += [surface_of(one.map(other)) for one in (texture, copy)]
    bench.run("flip_surface", *surfaces[1:], np.int32(WIDTH), np.int32(HEIGHT), stream=other)
    texture.unmap(other)
    copy.unmap(other)
    emulator.wait(emulator.fence())
    assert (copy.pixels() == 200).all()
    for surface in surfaces:
        destroy(surface)
    copy.close()


def test_a_buffer_is_mapped_as_memory(bench):
    name = GL.glGenBuffers(1)
    GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, name)
    GL.glBufferData(GL.GL_PIXEL_PACK_BUFFER, bench.numbers.nbytes, bench.numbers.copy(), GL.GL_STREAM_DRAW)
    GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, 0)
    resource = call("cuGraphicsGLRegisterBuffer", name, 0)
    call("cuGraphicsMapResources", 1, resource, bench.stream.handle)
    address, size = call("cuGraphicsResourceGetMappedPointer", resource)
    assert size == bench.numbers.nbytes
    assert refusal("cuGraphicsSubResourceGetMappedArray", resource, 0, 0) == NOT_MAPPED_AS_ARRAY
    memory = np.uint64(int(address))
    bench.run("scale_add", memory, memory, np.float32(2), np.int32(len(bench.numbers)))
    call("cuGraphicsUnmapResources", 1, resource, bench.stream.handle)
    GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, name)
    found = np.frombuffer(bytes(GL.glGetBufferSubData(GL.GL_PIXEL_PACK_BUFFER, 0, size)), np.float32)
    np.testing.assert_array_equal(found, bench.answer())
    GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, 0)
    call("cuGraphicsUnregisterResource", resource)
    GL.glDeleteBuffers(1, [name])


def test_mapped_memory_is_gone_after_unmapping(bench):
    name = GL.glGenBuffers(1)
    GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, name)
    GL.glBufferData(GL.GL_PIXEL_PACK_BUFFER, 64, None, GL.GL_STREAM_DRAW)
    GL.glBindBuffer(GL.GL_PIXEL_PACK_BUFFER, 0)
    resource = call("cuGraphicsGLRegisterBuffer", name, 0)
    call("cuGraphicsMapResources", 1, resource, bench.stream.handle)
    address, _ = call("cuGraphicsResourceGetMappedPointer", resource)
    call("cuGraphicsUnmapResources", 1, resource, bench.stream.handle)
    with raises("ILLEGAL_ADDRESS"):
        bench.run("write_at", np.uint64(int(address)), np.int64(0))
    GL.glDeleteBuffers(1, [name])


def test_what_a_real_driver_refuses(bench, texture):
    stream = bench.stream.handle
    assert refusal("cuGraphicsSubResourceGetMappedArray", texture.resource, 0, 0) == NOT_MAPPED
    assert refusal("cuGraphicsUnmapResources", 1, texture.resource, stream) == NOT_MAPPED
    texture.map(bench.stream)
    assert refusal("cuGraphicsMapResources", 1, texture.resource, stream) == ALREADY_MAPPED
    assert refusal("cuGraphicsResourceGetMappedPointer", texture.resource) == NOT_MAPPED_AS_POINTER
    texture.unmap(bench.stream)
    assert refusal("cuGraphicsGLRegisterImage", 4711, GL.GL_TEXTURE_2D, SURFACE) == INVALID_VALUE
    for internal in (GL.GL_RGB8, GL.GL_SRGB8_ALPHA8):
        with pytest.raises(AssertionError, match="INVALID_VALUE"):
            Texture(picture(0), internal=internal)


def test_success_with_a_null_handle(bench, texture, emulator):
    emulator.null_handle("cuGraphicsGLRegisterImage")
    assert int(call("cuGraphicsGLRegisterImage", texture.name, GL.GL_TEXTURE_2D, SURFACE)) == 0
    call("cuGraphicsMapResources", 1, texture.resource, bench.stream.handle)
    emulator.null_handle("cuGraphicsSubResourceGetMappedArray", nth=1)
    assert int(call("cuGraphicsSubResourceGetMappedArray", texture.resource, 0, 0)) == 0
    assert int(call("cuGraphicsSubResourceGetMappedArray", texture.resource, 0, 0)) != 0
    texture.unmap(bench.stream)


def test_interop_can_be_refused_as_in_the_field(bench, texture, emulator):
    emulator.fail("cuGraphicsGLRegisterImage", OPERATING_SYSTEM)
    assert refusal("cuGraphicsGLRegisterImage", texture.name, GL.GL_TEXTURE_2D, SURFACE) == OPERATING_SYSTEM


def test_a_deleted_texture_cannot_be_mapped(bench, emulator):
    texture = Texture(picture(1))
    GL.glDeleteTextures([texture.name])
    assert refusal("cuGraphicsMapResources", 1, texture.resource, bench.stream.handle) == MAP_FAILED
    call("cuGraphicsUnregisterResource", texture.resource)
    assert emulator.take_misuses() == ["a texture or buffer was deleted before it was unregistered"]


def test_a_texture_made_anew_under_its_old_name_is_another_one(bench, texture):
    # OpenGL takes names up again when it likes; what tells one from the other is the label that registering gave it.
    label = ctypes.create_string_buffer(64)
    GL.glGetObjectLabel(GL.GL_TEXTURE, texture.name, 64, None, label)
    GL.glObjectLabel(GL.GL_TEXTURE, texture.name, 0, b"")
    assert refusal("cuGraphicsMapResources", 1, texture.resource, bench.stream.handle) == MAP_FAILED
    GL.glObjectLabel(GL.GL_TEXTURE, texture.name, -1, label.value)


def test_a_texture_of_another_size_has_to_be_registered_again(bench, texture):
    GL.glBindTexture(GL.GL_TEXTURE_2D, texture.name)
    GL.glTexImage2D(GL.GL_TEXTURE_2D, 0, GL.GL_RGBA8, 8, 8, 0, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, None)
    assert refusal("cuGraphicsMapResources", 1, texture.resource, bench.stream.handle) == MAP_FAILED


def test_the_device_that_draws(bench, emulator):
    everything = driver.CUGLDeviceList.CU_GL_DEVICE_LIST_ALL
    emulator.devices(3)
    emulator.gl_device(2)
    count, devices = call("cuGLGetDevices", 4, everything)
    assert (count, int(devices[0])) == (1, 2)
    emulator.gl_device(None)
    assert refusal("cuGLGetDevices", 4, everything) == NO_DEVICE


def test_without_a_context_there_is_no_interop(emulator):
    bench = Bench()
    assert emulator.gl_context() == 0
    assert refusal("cuGraphicsGLRegisterImage", 1, GL.GL_TEXTURE_2D, SURFACE) == INVALID_GRAPHICS_CONTEXT
    assert refusal("cuGLGetDevices", 4, driver.CUGLDeviceList.CU_GL_DEVICE_LIST_ALL) == INVALID_GRAPHICS_CONTEXT
    bench.forget()

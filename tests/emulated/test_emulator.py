"""The emulated driver, through the real cuda.core and cuda.bindings: work, waiting, memory, failures, the report."""

from __future__ import annotations

import ctypes
import subprocess
import sys
import threading

import numpy as np
import pytest

from tests.emulated.bench import COUNT, Bench, Device, ObjectCode, call, driver, machine_code, raises, refusal

ILLEGAL_ADDRESS, OUT_OF_MEMORY, NOT_READY = 700, 2, 600


@pytest.fixture
def bench(emulator):
    bench = Bench()
    yield bench
    bench.forget()


# ---- work and waiting ------------------------------------------------------------------------------------------------


def test_a_kernel_runs(bench, emulator):
    bench.upload()
    bench.compute()
    bench.download()
    bench.stream.sync()
    np.testing.assert_array_equal(bench.result, bench.answer())
    assert emulator.report()["launched"] == {"scale_add": 1}
    assert emulator.report()["copied"] == {"host to device": COUNT * 4, "device to host": COUNT * 4}


def test_lazily_nothing_happens_before_somebody_waits(bench, emulator):
    emulator.mode("lazy")
    bench.upload()
    bench.compute()
    bench.download()
    assert (bench.result == -1).all()
    assert emulator.report()["pending"] == 3
    bench.stream.sync()
    np.testing.assert_array_equal(bench.result, bench.answer())


def test_lazily_another_stream_sees_nothing_without_an_event(bench, emulator):
    emulator.mode("lazy")
    other = bench.device.create_stream()
    bench.upload()
    bench.compute()
    bench.download(other)
    other.sync()
    assert (bench.result != bench.answer()).all()
    other.wait(bench.stream.record())
    bench.download(other)
    other.sync()
    np.testing.assert_array_equal(bench.result, bench.answer())


def test_asking_an_event_lets_the_device_work(bench, emulator):
    emulator.mode("lazy")
    bench.upload()
    bench.compute()
    event = bench.stream.record()
    assert [event.is_done for _ in range(4)] == [False, False, False, True]
    assert refusal("cuStreamQuery", bench.stream.handle) == 0


def test_a_pinned_source_is_read_when_the_copy_runs(bench, emulator):
    emulator.mode("lazy")
    bench.upload()
    bench.numbers[:] = 7
    bench.compute()
    bench.download()
    bench.stream.sync()
    assert (bench.result == 15).all()


def test_events_tell_the_time_between_them(bench):
    first, last, untimed = (bench.device.create_event({"timing_enabled": timed}) for timed in (True, True, False))
    bench.stream.record(first)
    bench.upload()
    bench.stream.record(last)
    bench.stream.record(untimed)
    assert last - first >= 0
    with pytest.raises(RuntimeError):
        _ = untimed - first


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_a_graph_repeats_what_was_captured(bench, emulator, mode):
    emulator.mode(mode)
    bench.upload()
    builder = bench.stream.create_graph_builder().begin_building()
    bench.compute(builder, factor=3.0)
    graph = builder.end_building().complete()
    assert emulator.report()["graphs"] == [["scale_add"]]
    assert emulator.report()["launched"] == {}
    for _ in range(2):
        graph.launch(bench.stream)
    bench.download()
    bench.stream.sync()
    np.testing.assert_array_equal(bench.result, bench.answer(3.0))
    assert emulator.report()["launched"] == {"scale_add": 2}


def test_waiting_in_the_middle_of_a_capture_is_refused(bench):
    builder = bench.stream.create_graph_builder().begin_building()
    with raises("STREAM_CAPTURE_UNSUPPORTED"):
        bench.stream.sync()
    builder.end_building()


# ---- host functions --------------------------------------------------------------------------------------------------


def host_function(call_back):
    """A CUhostFn, and its address as the bindings want it."""
    function = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(call_back)
    return function, driver.CUhostFn(_ptr=ctypes.addressof(function))


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_a_host_function_runs_on_another_thread_in_order(bench, emulator, mode):
    emulator.mode(mode)
    bench.result[:] = 0
    seen = []
    keep, function = host_function(lambda _: seen.append((threading.get_ident(), bench.result[1])))
    bench.upload()
    bench.compute()
    bench.download()
    call("cuLaunchHostFunc", bench.stream.handle, function, 0)
    bench.target.fill(0, stream=bench.stream)
    bench.stream.sync()
    assert [value for _, value in seen] == [3.0]
    assert seen[0][0] != threading.get_ident()
    assert keep


def test_a_host_function_may_take_as_long_as_it_likes(bench):
    # Whoever starts it must not wait for it: here, while holding what it waits for.
    lock, seen = threading.Lock(), []

    def note(_: object) -> None:
        with lock:
            seen.append(1)

    _keep, function = host_function(note)
    with lock:
        call("cuLaunchHostFunc", bench.stream.handle, function, 0)
        assert refusal("cuStreamQuery", bench.stream.handle) == NOT_READY
    bench.stream.sync()
    assert seen == [1]


def test_several_threads_and_host_functions_do_not_block_each_other(bench):
    counted = []
    _keep, function = host_function(counted.append)

    def work() -> None:
        Device(0).set_current()
        stream = Device(0).create_stream()
        for _ in range(50):
            call("cuLaunchHostFunc", stream.handle, function, 0)
            stream.sync()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counted) == 150


def test_host_functions_must_not_call_cuda(bench, emulator):
    answers = []
    _keep, function = host_function(lambda _: answers.append(refusal("cuStreamSynchronize", 0)))
    call("cuLaunchHostFunc", bench.stream.handle, function, 0)
    bench.stream.sync()
    assert answers == [800]
    assert emulator.take_misuses() == ["cuStreamSynchronize was called from a host function"]


def test_device_work_in_python_runs_in_order_and_in_graphs(bench, emulator):
    emulator.mode("lazy")
    emulator.protect()
    source, target = (
        np.ctypeslib.as_array((ctypes.c_float * COUNT).from_address(int(buffer.handle)))
        for buffer in (bench.source, bench.target)
    )
    bench.upload()
    builder = bench.stream.create_graph_builder().begin_building()
    emulator.enqueue(int(builder.stream.handle), lambda: np.multiply(source, 5, out=target))
    graph = builder.end_building().complete()
    assert emulator.report()["graphs"] == [["device work"]]
    graph.launch(bench.stream)
    bench.download()
    bench.stream.sync()
    np.testing.assert_array_equal(bench.result, bench.numbers * 5)


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_a_destroyed_streams_work_still_happens(bench, emulator, mode):
    emulator.mode(mode)
    may_go_on = threading.Event()
    _keep, function = host_function(lambda _: may_go_on.wait())
    stream = call("cuStreamCreate", driver.CUstream_flags.CU_STREAM_NON_BLOCKING)
    call("cuLaunchHostFunc", stream, function, 0)
    call("cuMemcpyAsync", int(bench.back.handle), int(bench.given.handle), COUNT * 4, stream)
    call("cuStreamDestroy", stream)
    assert (bench.result == -1).all()
    may_go_on.set()
    emulator.finish()
    np.testing.assert_array_equal(bench.result, bench.numbers)


def test_a_graph_keeps_what_it_needs_until_it_is_destroyed(bench, emulator):
    gone = threading.Event()
    _keep, destroy = host_function(lambda _: gone.set())
    before = emulator.live()["user objects"]  # a lost device of an earlier test took none along
    graph = call("cuGraphCreate", 0)
    thing = call("cuUserObjectCreate", 0, destroy, 1, driver.CUuserObject_flags.CU_USER_OBJECT_NO_DESTRUCTOR_SYNC)
    call("cuGraphRetainUserObject", graph, thing, 1, driver.CUuserObjectRetain_flags.CU_GRAPH_USER_OBJECT_MOVE)
    executable = call("cuGraphInstantiate", graph, 0)
    call("cuGraphDestroy", graph)
    assert emulator.live()["user objects"] == before + 1
    call("cuGraphExecDestroy", executable)
    assert emulator.live()["user objects"] == before
    assert gone.wait(10)


# ---- memory ----------------------------------------------------------------------------------------------------------


# 32 GiB on, still in the 64 GiB that the emulated device reserves; 128 TiB back, where the kernel's own addresses are:
# further or nearer something of this process may lie, and be written to.
@pytest.mark.parametrize("index", [COUNT, -1, COUNT + 23, 1 << 33, -(1 << 45)])
def test_a_write_beyond_an_allocation_is_the_end_of_the_device(bench, emulator, index):
    with raises("ILLEGAL_ADDRESS"):
        bench.run("write_at", bench.target, np.int64(index))
    with raises("ILLEGAL_ADDRESS"):
        bench.stream.sync()
    assert len(emulator.report()["faults"]) == 1
    assert emulator.leaks() == {}


def test_freed_memory_is_nobodys(bench):
    address = np.uint64(int(bench.target.handle))
    bench.target.close()
    with raises("ILLEGAL_ADDRESS"):
        bench.run("write_at", address, np.int64(0))


def test_memory_is_counted_and_ends(bench, emulator):
    emulator.memory_mb(64)
    free, total = call("cuMemGetInfo")
    assert total == 64 << 20
    held = bench.device.allocate(16 << 20, stream=bench.stream)
    assert call("cuMemGetInfo") == (free - (16 << 20), total)
    with raises("OUT_OF_MEMORY"):
        bench.device.allocate(60 << 20, stream=bench.stream)
    held.close()


def test_registered_memory_is_pinned(bench, emulator):
    emulator.mode("lazy")
    mine = np.full(COUNT, -1, np.float32)
    call("cuMemHostRegister", mine.ctypes.data, mine.nbytes, 0)
    call("cuMemcpyDtoHAsync", mine.ctypes.data, bench.source.handle, mine.nbytes, bench.stream.handle)
    assert (mine == -1).all()
    bench.stream.sync()
    assert (mine != -1).all()
    assert emulator.leaks()["registered memory"] == 1
    call("cuMemHostUnregister", mine.ctypes.data)
    assert refusal("cuMemHostUnregister", mine.ctypes.data) == 713


def test_rectangles_are_copied_between_pitched_memory_and_arrays(bench):
    wanted = driver.CUDA_ARRAY3D_DESCRIPTOR()
    wanted.Width, wanted.Height, wanted.NumChannels = 5, 3, 4
    wanted.Format = driver.CUarray_format.CU_AD_FORMAT_UNSIGNED_INT8
    array = call("cuArray3DCreate", wanted)
    picture = np.arange(3 * 32, dtype=np.uint8).reshape(3, 32)
    bench.given_bytes[: picture.size] = picture.ravel()
    bench.upload()
    copy = driver.CUDA_MEMCPY2D()
    copy.srcMemoryType, copy.dstMemoryType = (
        driver.CUmemorytype.CU_MEMORYTYPE_DEVICE,
        driver.CUmemorytype.CU_MEMORYTYPE_ARRAY,
    )
    copy.srcDevice, copy.srcPitch, copy.dstArray = int(bench.source.handle), 32, array
    copy.WidthInBytes, copy.Height = 20, 3
    call("cuMemcpy2DAsync", copy, bench.stream.handle)
    back = driver.CUDA_MEMCPY2D()
    back.srcMemoryType, back.dstMemoryType = copy.dstMemoryType, copy.srcMemoryType
    back.srcArray, back.dstDevice, back.dstPitch = array, int(bench.target.handle), 64
    back.WidthInBytes, back.Height = 20, 3
    call("cuMemcpy2DAsync", back, bench.stream.handle)
    bench.download()
    bench.stream.sync()
    np.testing.assert_array_equal(bench.back_bytes[:192].reshape(3, 64)[:, :20], picture[:, :20])
    copy.WidthInBytes = 21
    assert refusal("cuMemcpy2DAsync", copy, bench.stream.handle) == 1
    call("cuArrayDestroy", array)


def run_aside(emulator, statements):
    """Run Python statements in a process of their own, with the emulated driver and device memory out of reach."""
    code = f"""
import ctypes
from pathlib import Path
from tests.emulation.emulator import Emulator
emulator = Emulator(Path({str(emulator.path)!r}))
emulator.protect()
from cuda.core import Device
device = Device(0)
device.set_current()
stream = device.create_stream()
buffer = device.allocate(64, stream=stream)
buffer.fill(7, stream=stream)
stream.sync()
{statements}
"""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)


def test_the_host_dies_of_touching_device_memory(emulator):
    done = run_aside(emulator, "print(ctypes.string_at(int(buffer.handle), 1))")
    assert done.returncode == -11, done
    done = run_aside(emulator, "with emulator.device_access(): print(ctypes.string_at(int(buffer.handle), 1))")
    assert done.stdout == "b'\\x07'\n", done


def test_kernels_reach_protected_memory(bench, emulator):
    emulator.protect()
    test_a_kernel_runs(bench, emulator)


# ---- machine code ----------------------------------------------------------------------------------------------------


def test_only_kernels_of_the_real_machine_code_are_found(bench, capfd):
    with raises("NOT_FOUND"):
        bench.kernel("no_such_kernel")
    assert "no kernel library" not in capfd.readouterr().err
    with raises("NOT_FOUND"):
        bench.kernel("not_built_for_the_host")
    assert "no kernel library has it" in capfd.readouterr().err


@pytest.mark.parametrize(("architecture", "fits"), [("80", True), ("89", True), ("75", False), ("90", False)])
def test_machine_code_is_for_one_architecture(bench, architecture, fits):
    code = ObjectCode.from_cubin(machine_code(architecture))
    if fits:
        code.get_kernel("scale_add")
        return
    with raises("NO_BINARY_FOR_GPU"):
        code.get_kernel("scale_add")


def test_ptx_is_for_its_architecture_and_all_later_ones(bench):
    fits, too_new = (ObjectCode.from_ptx(machine_code(architecture, "ptx")) for architecture in ("75", "90"))
    fits.get_kernel("scale_add")
    with raises("NO_BINARY_FOR_GPU"):
        too_new.get_kernel("scale_add")


def test_parameters_are_where_the_machine_code_has_them(bench):
    assert [tuple(one) for one in bench.kernel("scale_add").arguments_info] == [(0, 8), (8, 8), (16, 4), (20, 4)]


# ---- textures --------------------------------------------------------------------------------------------------------


def test_a_texture_object_is_what_its_array_is(bench):
    from cuda.core.texture import OpaqueArrayOptions, ResourceDescriptor

    wanted = OpaqueArrayOptions(shape=(4, 2), format="float32", num_channels=1)
    array = bench.device.create_opaque_array(wanted)
    array.copy_from(np.full((2, 4), 42.0, np.float32), stream=bench.stream)
    texture = bench.device.create_texture_object(resource=ResourceDescriptor.from_opaque_array(array))
    bench.run("sample_texture", np.uint64(texture.handle), bench.target)
    bench.download()
    bench.stream.sync()
    assert bench.result[0] == 42.0
    texture.close()
    with raises("ILLEGAL_ADDRESS"):
        bench.run("sample_texture", np.uint64(texture.handle or 1), bench.target)


# ---- failures and switches -------------------------------------------------------------------------------------------


def test_the_nth_call_fails_or_every_one(bench, emulator):
    emulator.fail("cuMemAllocFromPoolAsync", OUT_OF_MEMORY, nth=2)
    bench.device.allocate(100, stream=bench.stream)
    with raises("OUT_OF_MEMORY"):
        bench.device.allocate(100, stream=bench.stream)
    bench.device.allocate(100, stream=bench.stream)
    emulator.fail("cuEventCreate", 999)
    assert [refusal("cuEventCreate", 0) for _ in range(2)] == [999, 999]
    assert emulator.calls("cuEventCreate") == 2
    with pytest.raises(ValueError, match="no cuNoSuchCall"):
        emulator.fail("cuNoSuchCall", 1)


def test_a_lost_device_stays_lost_until_the_reset(bench, emulator):
    emulator.mode("lazy")
    bench.upload()
    emulator.lose("cuStreamSynchronize", ILLEGAL_ADDRESS, nth=2)
    bench.stream.sync()
    bench.upload()
    with raises("ILLEGAL_ADDRESS"):
        bench.stream.sync()
    with raises("ILLEGAL_ADDRESS"):
        bench.device.create_stream()
    bench.forget()
    emulator.reset()
    fresh = Bench()
    test_a_kernel_runs(fresh, emulator)


def test_devices_and_driver_are_what_the_test_says(emulator):
    emulator.devices(3)
    emulator.capability("7.5")
    emulator.driver(12080)
    emulator.mps()
    attribute = driver.CUdevice_attribute
    assert call("cuDeviceGetCount") == 3
    assert call("cuDriverGetVersion") == 12080
    assert call("cuDeviceGetAttribute", attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, 2) == 7
    assert call("cuDeviceGetAttribute", attribute.CU_DEVICE_ATTRIBUTE_MPS_ENABLED, 0) == 1
    assert [call("cuDeviceGetPCIBusId", 16, index)[:12] for index in (0, 2)] == [b"0000:01:00.0", b"0000:03:00.0"]
    assert len({bytes(call("cuDeviceGetUuid", index).bytes) for index in range(3)}) == 3
    assert refusal("cuDeviceGet", 3) == 101
    emulator.devices(0)
    assert refusal("cuInit", 0) == 100


def free_memory(device):
    """Bytes that a device has left."""
    device.set_current()
    return call("cuMemGetInfo")[0]


def test_memory_is_each_devices_own(emulator):
    emulator.devices(2)
    first, second = Device(0), Device(1)
    before = [free_memory(device) for device in (first, second)]
    held = second.allocate(1 << 20, stream=second.create_stream())
    assert [free_memory(device) for device in (first, second)] == [before[0], before[1] - (1 << 20)]
    held.close()
    first.set_current()


def test_what_is_left_behind_is_told_by_kind(emulator):
    device = Device(0)
    device.set_current()
    stream = device.create_stream()
    event = call("cuEventCreate", 0)
    assert emulator.leaks() == {"streams": 1, "events": 1}
    call("cuEventDestroy", event)
    del stream
    assert emulator.leaks() == {}


def test_traffic_of_each_launch_is_told(bench, emulator):
    emulator.count_sectors()
    bench.compute()
    (told,) = emulator.sectors()
    assert told["kernel"] == "scale_add"
    assert told["grid"] == [4, 1, 1]
    assert told["loads"] == {"requests": 32, "sectors": 125, "bytes": 4000}

// Allocating and freeing device and pinned memory, pools, and what an address is.
#include <cstring>

#include "arena.h"
#include "executor.h"
#include "mps.h"

using namespace mien;

static CUresult allocate_into(void *address, size_t bytes, Kind kind, int device) {
    NEED(bytes, CUDA_ERROR_INVALID_VALUE);
    const uintptr_t made = allocate(bytes, kind, device);
    NEED(made, CUDA_ERROR_OUT_OF_MEMORY);
    std::memcpy(address, &made, sizeof made);
    return CUDA_SUCCESS;
}

static CUresult default_pool(CUmemoryPool *pool, CUmemLocation location) {
    const bool on_host = location.type != CU_MEM_LOCATION_TYPE_DEVICE;
    NEED(on_host || (location.id >= 0 && location.id < the.settings.devices), CUDA_ERROR_INVALID_DEVICE);
    CUmemoryPool &known = on_host ? the.host_pool : the.device_pool[location.id];
    if (!known) known = the.pools.add(std::make_shared<Pool>(Pool{location}));
    *pool = known;
    return CUDA_SUCCESS;
}

static CUresult default_device_pool(CUmemoryPool *pool, CUdevice device) {
    return default_pool(pool, {CU_MEM_LOCATION_TYPE_DEVICE, {device}});
}

static CUresult allocate_from(CUmemoryPool handle, CUdeviceptr *address, size_t bytes, const Stream &stream) {
    NEED(!stream.capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);  // real graphs can allocate; ours need not
    const auto pool = the.pools.find(handle);
    NEED(pool, CUDA_ERROR_INVALID_VALUE);
    const bool on_device = pool->location.type == CU_MEM_LOCATION_TYPE_DEVICE;
    return allocate_into(address, bytes, on_device ? Kind::DEVICE : Kind::PINNED, on_device ? pool->location.id : 0);
}

// The answer to one question about an address, and how many bytes it has; 0 bytes: not answered here.
static size_t pointer_attribute(CUpointer_attribute name, CUdeviceptr address, uint64_t *answer) {
    const Allocation *found = allocation_around(address);
    const bool device = is_device(address);
    switch (name) {
    case CU_POINTER_ATTRIBUTE_CONTEXT:
        *answer = found ? (uint64_t)the.primary_handle[found->device] : 0;
        return sizeof(CUcontext);
    case CU_POINTER_ATTRIBUTE_MEMORY_TYPE:
        *answer = !found ? 0 : device ? CU_MEMORYTYPE_DEVICE : CU_MEMORYTYPE_HOST;
        return sizeof(unsigned);
    case CU_POINTER_ATTRIBUTE_DEVICE_POINTER:
        *answer = found ? address : 0;
        return sizeof(CUdeviceptr);
    case CU_POINTER_ATTRIBUTE_HOST_POINTER:
        *answer = found && !device ? address : 0;
        return sizeof(void *);
    case CU_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
        *answer = found ? uint64_t(found->device) : uint64_t(int64_t(-2));
        return sizeof(int);
    case CU_POINTER_ATTRIBUTE_BUFFER_ID:
        *answer = found ? found->serial : 0;
        return sizeof(uint64_t);
    case CU_POINTER_ATTRIBUTE_IS_MANAGED:
    case CU_POINTER_ATTRIBUTE_IS_LEGACY_CUDA_IPC_CAPABLE:
        *answer = 0;
        return sizeof(unsigned);
    case CU_POINTER_ATTRIBUTE_MAPPED:
        *answer = found != nullptr;
        return sizeof(unsigned);
    default: return 0;
    }
}

#pragma GCC visibility push(default)
extern "C" {

CUresult CUDAAPI cuMemGetInfo_v2(size_t *free_bytes, size_t *total_bytes) {
    DRIVER_CALL();
    NEED(current_context(), CUDA_ERROR_INVALID_CONTEXT);
    *total_bytes = device_memory();
    const size_t used = used_bytes(current_device());
    *free_bytes = used < *total_bytes ? *total_bytes - used : 0;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemAlloc_v2(CUdeviceptr *address, size_t bytes) {
    DRIVER_CALL();
    NEED(current_context(), CUDA_ERROR_INVALID_CONTEXT);
    NEED(!anything_captures(), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    return allocate_into(address, bytes, Kind::DEVICE, current_device());
}

CUresult CUDAAPI cuMemAllocPitch_v2(CUdeviceptr *address, size_t *pitch, size_t width, size_t height, unsigned) {
    DRIVER_CALL();
    NEED(current_context(), CUDA_ERROR_INVALID_CONTEXT);
    *pitch = (width + 511) / 512 * 512;
    return allocate_into(address, *pitch * height, Kind::DEVICE, current_device());
}

CUresult CUDAAPI cuMemFree_v2(CUdeviceptr address) {
    DRIVER_CALL();
    finish_all(call.lock);  // the real one waits as well
    NEED(!address || release(address, Kind::DEVICE), CUDA_ERROR_INVALID_VALUE);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemAllocHost_v2(void **address, size_t bytes) {
    DRIVER_CALL();
    NEED(current_context(), CUDA_ERROR_INVALID_CONTEXT);
    return allocate_into(address, bytes, Kind::PINNED, 0);
}

CUresult CUDAAPI cuMemHostAlloc(void **address, size_t bytes, unsigned) {
    DRIVER_CALL();
    NEED(current_context(), CUDA_ERROR_INVALID_CONTEXT);
    return allocate_into(address, bytes, Kind::PINNED, 0);
}

CUresult CUDAAPI cuMemFreeHost(void *address) {
    DRIVER_CALL();
    finish_all(call.lock);
    const bool released = release(uintptr_t(address), Kind::PINNED) || release(uintptr_t(address), Kind::ABANDONED);
    return released ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult CUDAAPI cuMemHostRegister_v2(void *address, size_t bytes, unsigned) {
    DRIVER_CALL();
    NEED(current_context(), CUDA_ERROR_INVALID_CONTEXT);
    NEED(address && bytes, CUDA_ERROR_INVALID_VALUE);
    return adopt(uintptr_t(address), bytes) ? CUDA_SUCCESS : CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
}

CUresult CUDAAPI cuMemHostUnregister(void *address) {
    DRIVER_CALL();
    finish_all(call.lock);
    return release(uintptr_t(address), Kind::REGISTERED) ? CUDA_SUCCESS : CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED;
}

CUresult CUDAAPI cuMemHostGetDevicePointer_v2(CUdeviceptr *address, void *host, unsigned) {
    DRIVER_CALL();
    NEED(is_pinned(uintptr_t(host)), CUDA_ERROR_INVALID_VALUE);
    *address = uintptr_t(host);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGetMemPool(CUmemoryPool *pool, CUdevice device) {
    DRIVER_CALL();
    return default_device_pool(pool, device);
}

CUresult CUDAAPI cuDeviceGetDefaultMemPool(CUmemoryPool *pool, CUdevice device) {
    DRIVER_CALL();
    return default_device_pool(pool, device);
}

CUresult CUDAAPI cuMemGetMemPool(CUmemoryPool *pool, CUmemLocation *location, CUmemAllocationType) {
    DRIVER_CALL();
    return default_pool(pool, *location);
}

CUresult CUDAAPI cuMemGetDefaultMemPool(CUmemoryPool *pool, CUmemLocation *location, CUmemAllocationType) {
    DRIVER_CALL();
    return default_pool(pool, *location);
}

CUresult CUDAAPI cuMemPoolCreate(CUmemoryPool *pool, const CUmemPoolProps *wanted) {
    DRIVER_CALL();
    *pool = the.pools.add(std::make_shared<Pool>(Pool{wanted->location}));
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemPoolDestroy(CUmemoryPool pool) {
    DRIVER_CALL();
    NEED(the.pools.erase(pool), CUDA_ERROR_INVALID_VALUE);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemPoolGetAttribute(CUmemoryPool handle, CUmemPool_attribute name, void *value) {
    DRIVER_CALL();
    const auto pool = the.pools.find(handle);
    NEED(pool, CUDA_ERROR_INVALID_VALUE);
    if (name == CU_MEMPOOL_ATTR_RELEASE_THRESHOLD)
        *(uint64_t *)value = pool->release_threshold;
    else if (name < CU_MEMPOOL_ATTR_RELEASE_THRESHOLD)
        *(int *)value = 1;  // ways of reusing memory: all of them
    else
        *(uint64_t *)value = used_bytes(pool->location.id);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemPoolSetAttribute(CUmemoryPool handle, CUmemPool_attribute name, void *value) {
    DRIVER_CALL();
    const auto pool = the.pools.find(handle);
    NEED(pool, CUDA_ERROR_INVALID_VALUE);
    if (name == CU_MEMPOOL_ATTR_RELEASE_THRESHOLD) pool->release_threshold = *(uint64_t *)value;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemPoolTrimTo(CUmemoryPool, size_t) {
    DRIVER_CALL();
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemPoolSetAccess(CUmemoryPool, const CUmemAccessDesc *, size_t) {
    DRIVER_CALL();
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuMemAllocFromPoolAsync(CUdeviceptr *address, size_t bytes, CUmemoryPool pool, CUstream handle) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    return allocate_from(pool, address, bytes, *stream);
}

CUresult CUDAAPI cuMemAllocAsync(CUdeviceptr *address, size_t bytes, CUstream handle) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    CUmemoryPool pool;
    if (const CUresult error = default_device_pool(&pool, current_device())) return error;
    return allocate_from(pool, address, bytes, *stream);
}

CUresult CUDAAPI cuMemFreeAsync(CUdeviceptr address, CUstream handle) {
    DRIVER_CALL();
    if (is_buried(handle)) return CUDA_SUCCESS;  // cuda.core would complain on stderr, long after the test
    NEED_STREAM(handle);
    const auto found = allocations.find(address);
    NEED(found != allocations.end() && found->second.kind <= Kind::PINNED, CUDA_ERROR_INVALID_VALUE);
    return enqueue(stream, "free", [address, kind = found->second.kind] { release(address, kind); });
}

CUresult CUDAAPI cuPointerGetAttribute(void *value, CUpointer_attribute name, CUdeviceptr address) {
    DRIVER_CALL();
    NEED(allocation_around(address), CUDA_ERROR_INVALID_VALUE);
    uint64_t answer = 0;
    const size_t bytes = pointer_attribute(name, address, &answer);
    NEED(bytes, CUDA_ERROR_NOT_SUPPORTED);
    std::memcpy(value, &answer, bytes);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuPointerGetAttributes(unsigned count, CUpointer_attribute *names, void **values,
                                        CUdeviceptr address) {
    DRIVER_CALL();
    for (unsigned at = 0; at < count; at++) {
        uint64_t answer = 0;
        const size_t bytes = pointer_attribute(names[at], address, &answer);
        NEED(bytes, CUDA_ERROR_NOT_SUPPORTED);
        std::memcpy(values[at], &answer, bytes);
    }
    return CUDA_SUCCESS;
}

}  // extern "C"
#pragma GCC visibility pop

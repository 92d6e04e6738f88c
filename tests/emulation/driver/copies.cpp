// Copies and fills, linear and pitched. What touches memory that is neither CUDA's nor pinned happens before the call
// returns, as with the real driver: a source is staged, for a destination the stream is waited for.
#include <algorithm>
#include <cstring>

#include "arena.h"
#include "executor.h"

using namespace mien;

enum class Side { DEVICE, HOST, EITHER };

static const char *way(bool to_device, bool from_device) {
    if (to_device == from_device) return to_device ? "device to device" : "host to host";
    return to_device ? "host to device" : "device to host";
}

static bool fits(Side side, uintptr_t address, size_t bytes) {
    if (side != Side::DEVICE && !allocation_around(address)) return true;  // pageable: nobody knows how much there is
    return allocation_around(address, bytes) && !(side == Side::HOST && is_device(address));
}

static CUresult copy(const std::shared_ptr<Stream> &stream, std::unique_lock<std::mutex> &lock, Side to_side,
                     uintptr_t to, Side from_side, uintptr_t from, size_t bytes) {
    NEED(fits(to_side, to, bytes) && fits(from_side, from, bytes), CUDA_ERROR_INVALID_VALUE);
    const char *kind = way(is_device(to), is_device(from));
    the.copied[kind] += stream->capture ? 0 : bytes;
    const bool pageable_source = !allocation_around(from), pageable_target = !allocation_around(to);
    NEED(!stream->capture || !(pageable_source || pageable_target), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    if (pageable_source) {
        const auto staged = std::make_shared<std::vector<char>>((const char *)from, (const char *)from + bytes);
        return enqueue(stream, kind, [=] { std::memcpy((void *)to, staged->data(), staged->size()); });
    }
    const CUresult error = enqueue(stream, kind, [=] { std::memmove((void *)to, (const void *)from, bytes); });
    if (pageable_target && error == CUDA_SUCCESS) finish(stream, lock);
    return error ? error : the.sticky;
}

template <class Value>
static CUresult fill(CUstream handle, CUdeviceptr address, Value value, size_t count) {
    NEED_STREAM(handle);
    NEED(allocation_around(address, count * sizeof value), CUDA_ERROR_INVALID_VALUE);
    return enqueue(stream, "fill", [=] { std::fill_n((Value *)address, count, value); });
}

// ---- rectangles ----------------------------------------------------------------------------------------------------

namespace {
struct Plane {  // one side of a pitched copy
    std::shared_ptr<Array> array;
    unsigned char *data = nullptr;
    size_t pitch = 0, rows = 0;  // rows: 0 if unknown
    bool pageable = false, device = false;
};
}  // namespace

static bool usable(const std::shared_ptr<Array> &array) { return array && !array->unmapped_at; }

static CUresult describe(CUmemorytype type, const void *host, CUdeviceptr address, CUarray array, size_t pitch,
                         Plane *plane) {
    if (type == CU_MEMORYTYPE_ARRAY) {
        plane->array = the.arrays.find(array);
        NEED(usable(plane->array), CUDA_ERROR_INVALID_HANDLE);
        plane->data = plane->array->data;
        plane->pitch = plane->array->width * size_t(plane->array->channels * plane->array->channel_bytes);
        plane->rows = std::max<size_t>(1, plane->array->height) * std::max<size_t>(1, plane->array->depth);
        plane->device = true;
        return CUDA_SUCCESS;
    }
    const uintptr_t start = type == CU_MEMORYTYPE_HOST ? uintptr_t(host) : uintptr_t(address);
    NEED(start && !(type == CU_MEMORYTYPE_HOST && is_device(start)), CUDA_ERROR_INVALID_VALUE);
    NEED(type != CU_MEMORYTYPE_DEVICE || allocation_around(start), CUDA_ERROR_INVALID_VALUE);
    *plane = {nullptr, (unsigned char *)start, pitch, 0, !allocation_around(start), is_device(start)};
    return CUDA_SUCCESS;
}

// First byte of a rectangle; nullptr if it does not lie within.
static unsigned char *corner(const Plane &plane, size_t x, size_t y, size_t width, size_t rows) {
    if (x + width > plane.pitch || (plane.rows && y + rows > plane.rows)) return nullptr;
    unsigned char *first = plane.data + y * plane.pitch + x;
    if (plane.array || plane.pageable) return first;
    return allocation_around(uintptr_t(first), (rows - 1) * plane.pitch + width) ? first : nullptr;
}

static CUresult copy_rectangle(const CUDA_MEMCPY3D &wanted, const std::shared_ptr<Stream> &stream,
                               std::unique_lock<std::mutex> &lock) {
    const size_t width = wanted.WidthInBytes, rows = wanted.Height * std::max<size_t>(1, wanted.Depth);
    NEED(!wanted.srcZ && !wanted.dstZ && wanted.Depth <= 1, CUDA_ERROR_NOT_SUPPORTED);
    if (!width || !rows) return CUDA_SUCCESS;
    Plane from, to;
    if (const CUresult error = describe(wanted.srcMemoryType, wanted.srcHost, wanted.srcDevice, wanted.srcArray,
                                        wanted.srcPitch ? wanted.srcPitch : width, &from))
        return error;
    if (const CUresult error = describe(wanted.dstMemoryType, wanted.dstHost, wanted.dstDevice, wanted.dstArray,
                                        wanted.dstPitch ? wanted.dstPitch : width, &to))
        return error;
    const unsigned char *source = corner(from, wanted.srcXInBytes, wanted.srcY, width, rows);
    unsigned char *target = corner(to, wanted.dstXInBytes, wanted.dstY, width, rows);
    NEED(source && target, CUDA_ERROR_INVALID_VALUE);
    NEED(!stream->capture || !(from.pageable || to.pageable), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    const char *kind = way(to.device, from.device);
    the.copied[kind] += stream->capture ? 0 : width * rows;
    const CUresult error = enqueue(stream, kind, [=] {
        for (size_t row = 0; row < rows; row++)
            std::memmove(target + row * to.pitch, source + row * from.pitch, width);
    });
    if ((from.pageable || to.pageable) && error == CUDA_SUCCESS) finish(stream, lock);
    return error ? error : the.sticky;
}

static CUDA_MEMCPY3D as_3d(const CUDA_MEMCPY2D &flat) {
    CUDA_MEMCPY3D deep{};
    deep.srcXInBytes = flat.srcXInBytes, deep.srcY = flat.srcY, deep.srcMemoryType = flat.srcMemoryType;
    deep.srcHost = flat.srcHost, deep.srcDevice = flat.srcDevice, deep.srcArray = flat.srcArray;
    deep.srcPitch = flat.srcPitch;
    deep.dstXInBytes = flat.dstXInBytes, deep.dstY = flat.dstY, deep.dstMemoryType = flat.dstMemoryType;
    deep.dstHost = flat.dstHost, deep.dstDevice = flat.dstDevice, deep.dstArray = flat.dstArray;
    deep.dstPitch = flat.dstPitch;
    deep.WidthInBytes = flat.WidthInBytes, deep.Height = flat.Height, deep.Depth = 1;
    return deep;
}

#pragma GCC visibility push(default)
extern "C" {

CUresult CUDAAPI cuMemcpyAsync(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream handle) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    return copy(stream, call.lock, Side::EITHER, to, Side::EITHER, from, bytes);
}

CUresult CUDAAPI cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes, CUstream handle) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    return copy(stream, call.lock, Side::DEVICE, to, Side::HOST, uintptr_t(from), bytes);
}

CUresult CUDAAPI cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes, CUstream handle) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    return copy(stream, call.lock, Side::HOST, uintptr_t(to), Side::DEVICE, from, bytes);
}

CUresult CUDAAPI cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream handle) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    return copy(stream, call.lock, Side::DEVICE, to, Side::DEVICE, from, bytes);
}

CUresult CUDAAPI cuMemcpy(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
    DRIVER_CALL();
    NEED_STREAM(nullptr);
    const CUresult error = copy(stream, call.lock, Side::EITHER, to, Side::EITHER, from, bytes);
    finish(stream, call.lock);
    return error ? error : the.sticky;
}

CUresult CUDAAPI cuMemcpyHtoD_v2(CUdeviceptr to, const void *from, size_t bytes) {
    DRIVER_CALL();
    NEED_STREAM(nullptr);
    const CUresult error = copy(stream, call.lock, Side::DEVICE, to, Side::HOST, uintptr_t(from), bytes);
    finish(stream, call.lock);
    return error ? error : the.sticky;
}

CUresult CUDAAPI cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t bytes) {
    DRIVER_CALL();
    NEED_STREAM(nullptr);
    const CUresult error = copy(stream, call.lock, Side::HOST, uintptr_t(to), Side::DEVICE, from, bytes);
    finish(stream, call.lock);
    return error ? error : the.sticky;
}

CUresult CUDAAPI cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D *wanted, CUstream handle) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    return copy_rectangle(as_3d(*wanted), stream, call.lock);
}

CUresult CUDAAPI cuMemcpy2D_v2(const CUDA_MEMCPY2D *wanted) {
    DRIVER_CALL();
    NEED_STREAM(nullptr);
    const CUresult error = copy_rectangle(as_3d(*wanted), stream, call.lock);
    finish(stream, call.lock);
    return error ? error : the.sticky;
}

CUresult CUDAAPI cuMemcpy3DAsync_v2(const CUDA_MEMCPY3D *wanted, CUstream handle) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    return copy_rectangle(*wanted, stream, call.lock);
}

CUresult CUDAAPI cuMemsetD8Async(CUdeviceptr address, unsigned char value, size_t count, CUstream handle) {
    DRIVER_CALL();
    return fill(handle, address, value, count);
}

CUresult CUDAAPI cuMemsetD16Async(CUdeviceptr address, unsigned short value, size_t count, CUstream handle) {
    DRIVER_CALL();
    return fill(handle, address, value, count);
}

CUresult CUDAAPI cuMemsetD32Async(CUdeviceptr address, unsigned value, size_t count, CUstream handle) {
    DRIVER_CALL();
    return fill(handle, address, value, count);
}

}  // extern "C"
#pragma GCC visibility pop

// Arrays, and texture and surface objects over them.
#include <algorithm>
#include <cstring>

#include "arena.h"
#include "executor.h"

namespace mien {

Array::~Array() {
    if (data && !release(uintptr_t(data), Kind::DEVICE)) release(uintptr_t(data), Kind::BORROWED);
}

static int bytes_of(CUarray_format format) {
    switch (format) {
    case CU_AD_FORMAT_UNSIGNED_INT8:
    case CU_AD_FORMAT_SIGNED_INT8: return 1;
    case CU_AD_FORMAT_UNSIGNED_INT16:
    case CU_AD_FORMAT_SIGNED_INT16:
    case CU_AD_FORMAT_HALF: return 2;
    case CU_AD_FORMAT_UNSIGNED_INT32:
    case CU_AD_FORMAT_SIGNED_INT32:
    case CU_AD_FORMAT_FLOAT: return 4;
    default: return 0;
    }
}

static CUresult create_array(CUarray *handle, const CUDA_ARRAY3D_DESCRIPTOR &wanted) {
    NEED(current_context(), CUDA_ERROR_INVALID_CONTEXT);
    const int channel_bytes = bytes_of(wanted.Format);
    NEED(channel_bytes && wanted.Width && wanted.NumChannels && wanted.NumChannels != 3, CUDA_ERROR_INVALID_VALUE);
    const auto array = std::make_shared<Array>();
    const int channels = int(wanted.NumChannels);
    static_cast<MienArray &>(*array) = {nullptr,  wanted.Width,  wanted.Height, wanted.Depth,
                                        channels, channel_bytes, wanted.Format, 1};
    array->flags = wanted.Flags;
    const size_t texels = wanted.Width * std::max<size_t>(1, wanted.Height) * std::max<size_t>(1, wanted.Depth);
    const size_t bytes = texels * size_t(channels * channel_bytes);
    array->data = (unsigned char *)allocate(bytes, Kind::DEVICE, current_device());
    NEED(array->data, CUDA_ERROR_OUT_OF_MEMORY);
    *handle = the.arrays.add(array);
    return CUDA_SUCCESS;
}

static std::shared_ptr<Array> usable_array(const CUDA_RESOURCE_DESC &resource) {
    if (resource.resType != CU_RESOURCE_TYPE_ARRAY) return nullptr;
    const auto array = the.arrays.find(resource.res.array.hArray);
    return array && !array->unmapped_at ? array : nullptr;
}

static CUresult describe_linear(const CUDA_RESOURCE_DESC &resource, MienTexture *texture) {
    const auto &given = resource.res.pitch2D;
    const int channel_bytes = bytes_of(given.format);
    NEED(channel_bytes && given.pitchInBytes % 32 == 0, CUDA_ERROR_INVALID_VALUE);
    NEED(allocation_around(given.devPtr, given.pitchInBytes * given.height), CUDA_ERROR_INVALID_VALUE);
    texture->array = {(unsigned char *)given.devPtr, given.width,   given.height, 0, int(given.numChannels),
                      channel_bytes,                 given.format, 0};
    texture->pitch = given.pitchInBytes;
    return CUDA_SUCCESS;
}

static CUresult describe_resource(const CUDA_RESOURCE_DESC &resource, Texture *texture) {
    if (resource.resType == CU_RESOURCE_TYPE_PITCH2D) return describe_linear(resource, &texture->description);
    texture->array = usable_array(resource);
    NEED(texture->array, CUDA_ERROR_INVALID_VALUE);
    texture->handle = resource.res.array.hArray;
    const MienArray &array = texture->description.array = *texture->array;
    texture->description.pitch = array.width * size_t(array.channels * array.channel_bytes);
    return CUDA_SUCCESS;
}

static void describe_sampling(const CUDA_TEXTURE_DESC &wanted, MienTexture *texture) {
    for (int axis = 0; axis < 3; axis++) texture->address_mode[axis] = wanted.addressMode[axis];
    texture->filter = wanted.filterMode;
    texture->normalized = (wanted.flags & CU_TRSF_NORMALIZED_COORDINATES) != 0;
    texture->read_as_integer = (wanted.flags & CU_TRSF_READ_AS_INTEGER) != 0;
    texture->srgb = (wanted.flags & CU_TRSF_SRGB) != 0;
    std::memcpy(texture->border, wanted.borderColor, sizeof texture->border);
}

}  // namespace mien

using namespace mien;

#pragma GCC visibility push(default)
extern "C" {

CUresult CUDAAPI cuArray3DCreate_v2(CUarray *handle, const CUDA_ARRAY3D_DESCRIPTOR *wanted) {
    DRIVER_CALL();
    return create_array(handle, *wanted);
}

CUresult CUDAAPI cuArrayCreate_v2(CUarray *handle, const CUDA_ARRAY_DESCRIPTOR *wanted) {
    DRIVER_CALL();
    return create_array(handle, {wanted->Width, wanted->Height, 0, wanted->Format, wanted->NumChannels, 0});
}

CUresult CUDAAPI cuArrayDestroy(CUarray handle) {
    DRIVER_CALL();
    const auto array = the.arrays.find(handle);
    NEED(array, CUDA_ERROR_INVALID_HANDLE);
    NEED(is_device(uintptr_t(array->data)) && allocation_around(uintptr_t(array->data))->kind == Kind::DEVICE,
         CUDA_ERROR_INVALID_VALUE);  // OpenGL's arrays are not the application's to destroy
    finish_all(call.lock);
    the.arrays.erase(handle);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuArray3DGetDescriptor_v2(CUDA_ARRAY3D_DESCRIPTOR *described, CUarray handle) {
    DRIVER_CALL();
    const auto array = the.arrays.find(handle);
    NEED(array && !array->unmapped_at, CUDA_ERROR_INVALID_HANDLE);
    *described = {array->width, array->height, array->depth, CUarray_format(array->format), unsigned(array->channels),
                  array->flags};
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuSurfObjectCreate(CUsurfObject *handle, const CUDA_RESOURCE_DESC *resource) {
    DRIVER_CALL();
    const auto array = usable_array(*resource);
    NEED(array && (array->flags & CUDA_ARRAY3D_SURFACE_LDST), CUDA_ERROR_INVALID_VALUE);
    const auto surface = std::make_shared<Texture>();
    surface->array = array;
    surface->handle = resource->res.array.hArray;
    *handle = CUsurfObject(the.surfaces.add(surface));
    return CUDA_SUCCESS;
}

// At once: whoever destroys an object that pending work uses gets a fault when that work runs.
CUresult CUDAAPI cuSurfObjectDestroy(CUsurfObject handle) {
    DRIVER_CALL();
    NEED(the.surfaces.erase(handle), CUDA_ERROR_INVALID_VALUE);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuTexObjectCreate(CUtexObject *handle, const CUDA_RESOURCE_DESC *resource,
                                   const CUDA_TEXTURE_DESC *wanted, const CUDA_RESOURCE_VIEW_DESC *) {
    DRIVER_CALL();
    const auto texture = std::make_shared<Texture>();
    if (const CUresult error = describe_resource(*resource, texture.get())) return error;
    describe_sampling(*wanted, &texture->description);
    const int format = texture->description.array.format;
    const bool floats = format == CU_AD_FORMAT_FLOAT || format == CU_AD_FORMAT_HALF;
    NEED(!(wanted->filterMode == CU_TR_FILTER_MODE_LINEAR && texture->description.read_as_integer && !floats),
         CUDA_ERROR_INVALID_VALUE);
    *handle = CUtexObject(the.textures.add(texture));
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuTexObjectDestroy(CUtexObject handle) {
    DRIVER_CALL();
    NEED(the.textures.erase(handle), CUDA_ERROR_INVALID_VALUE);
    return CUDA_SUCCESS;
}

}  // extern "C"
#pragma GCC visibility pop

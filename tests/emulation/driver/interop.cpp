// A mapped resource is a copy of OpenGL's: read when it is mapped, written back after it was unmapped.
#include "interop.h"

#include <algorithm>
#include <cstring>

#include "arena.h"
#include "executor.h"

namespace mien {

// ---- after unmapping -----------------------------------------------------------------------------------------------

static void forget(Graphics &content) {
    if (content.array) the.arrays.erase(content.array_handle);
    content.array = nullptr;
    if (content.address) release(content.address, Kind::BORROWED);
    content.address = 0;
}

static bool is_same_object(const Graphics &resource) {
    const bool exists = resource.is_buffer ? gl::is_buffer(resource.name) : gl::is_texture(resource.name);
    return exists && gl::mark(resource.is_buffer, resource.name) == resource.mark;
}

static void write_back(Upload &upload) {
    Graphics &content = upload.content;
    const DeviceAccess access;
    if (!content.has(CU_GRAPHICS_REGISTER_FLAGS_READ_ONLY) && the.sticky == CUDA_SUCCESS && is_same_object(content)) {
        if (content.is_buffer)
            gl::write_buffer(content.name, content.bytes, (void *)content.address);
        else
            gl::write_texture(content.target, content.name, content.shape, content.array->data);
    }
    forget(content);
}

static void complete(const std::shared_ptr<Upload> &upload, std::unique_lock<std::mutex> &lock) {
    if (upload->passed) finish(upload->passed, lock);  // other threads may get here meanwhile
    const auto listed = std::find(the.uploads.begin(), the.uploads.end(), upload);
    if (listed == the.uploads.end()) return;
    the.uploads.erase(listed);
    write_back(*upload);
}

uint64_t last_upload() { return the.sequence; }

void settle(void *context, uint64_t up_to, std::unique_lock<std::mutex> &lock) {
    const auto waiting = the.uploads;
    for (const auto &upload : waiting)
        if (upload->context == context && upload->sequence <= up_to) complete(upload, lock);
}

static void settle(const Graphics &resource, std::unique_lock<std::mutex> &lock) {
    const auto waiting = the.uploads;
    for (const auto &upload : waiting)
        if (upload->content.mark == resource.mark) complete(upload, lock);
}

// ---- mapping -------------------------------------------------------------------------------------------------------

static CUresult map_texture(Graphics &resource) {
    const TextureShape now = gl::shape(resource.target, resource.name);
    const TextureShape &then = resource.shape;
    NEED(now.width == then.width && now.height == then.height && now.format == then.format, CUDA_ERROR_MAP_FAILED);
    const TexelFormat &format = *then.format;
    const size_t bytes = size_t(then.width) * size_t(then.height) * size_t(format.channels * format.channel_bytes);
    const auto array = std::make_shared<Array>();
    const bool writable = !resource.has(CU_GRAPHICS_REGISTER_FLAGS_READ_ONLY);
    static_cast<MienArray &>(*array) = {nullptr,         size_t(then.width),   size_t(then.height), 0,
                                        format.channels, format.channel_bytes, format.array,        writable};
    array->data = (unsigned char *)allocate(bytes, Kind::BORROWED, current_device());
    NEED(array->data, CUDA_ERROR_OUT_OF_MEMORY);
    if (resource.flags & CU_GRAPHICS_REGISTER_FLAGS_SURFACE_LDST) array->flags = CUDA_ARRAY3D_SURFACE_LDST;
    // Discarded content stays what fresh memory holds: nobody may rely on it.
    const DeviceAccess access;
    if (!resource.has(CU_GRAPHICS_REGISTER_FLAGS_WRITE_DISCARD))
        gl::read_texture(resource.target, resource.name, format, array->data);
    resource.array = array;
    resource.array_handle = the.arrays.add(array);  // another one at every mapping
    return CUDA_SUCCESS;
}

static CUresult map_buffer(Graphics &resource) {
    resource.bytes = gl::buffer_bytes(resource.name);
    resource.address = allocate(resource.bytes, Kind::BORROWED, current_device());
    NEED(resource.address, CUDA_ERROR_MAP_FAILED);
    const DeviceAccess access;
    if (!resource.has(CU_GRAPHICS_REGISTER_FLAGS_WRITE_DISCARD))
        gl::read_buffer(resource.name, resource.bytes, (void *)resource.address);
    return CUDA_SUCCESS;
}

static CUresult map(Graphics &resource, std::unique_lock<std::mutex> &lock) {
    NEED(!resource.mapped, CUDA_ERROR_ALREADY_MAPPED);
    NEED(current_gl_context(), CUDA_ERROR_INVALID_GRAPHICS_CONTEXT);
    settle(resource, lock);
    gl::finish();  // what OpenGL was told before comes before what the stream is told afterwards
    NEED(is_same_object(resource), CUDA_ERROR_MAP_FAILED);  // deleted, or made anew under the same name
    if (const CUresult error = resource.is_buffer ? map_buffer(resource) : map_texture(resource)) return error;
    resource.mapped = true;
    return CUDA_SUCCESS;
}

static CUresult unmap(Graphics &resource, const std::shared_ptr<Stream> &stream, std::unique_lock<std::mutex> &lock) {
    NEED(resource.mapped, CUDA_ERROR_NOT_MAPPED);
    NEED(current_gl_context(), CUDA_ERROR_INVALID_GRAPHICS_CONTEXT);
    if (resource.array) resource.array->unmapped_at = the.sequence;
    const auto passed = std::make_shared<Record>();
    passed->stream = stream;
    the.uploads.push_back(std::make_shared<Upload>(Upload{resource, passed, current_gl_context(), the.sequence}));
    const auto upload = the.uploads.back();
    resource.mapped = false;
    resource.array = nullptr;
    resource.address = 0;
    Operation operation;
    operation.kind = "unmap";
    operation.signals = passed;
    const CUresult error = enqueue(stream, std::move(operation));
    if (!the.settings.lazy) complete(upload, lock);
    return error ? error : the.sticky;
}

static CUresult register_object(CUgraphicsResource *handle, Graphics resource) {
    // Whoever registers twice shares the mark with the first.
    resource.mark = gl::mark(resource.is_buffer, resource.name);
    if (resource.mark.empty()) {
        resource.mark = "registered " + std::to_string(new_handle());
        gl::set_mark(resource.is_buffer, resource.name, resource.mark);
        resource.mark = gl::mark(resource.is_buffer, resource.name);  // "" where OpenGL has no labels
    }
    *handle = the.graphics.add(std::make_shared<Graphics>(resource));
    return CUDA_SUCCESS;
}

}  // namespace mien

using namespace mien;

#pragma GCC visibility push(default)
extern "C" {

CUresult CUDAAPI cuGLGetDevices_v2(unsigned *count, CUdevice *devices, unsigned room, int) {
    DRIVER_CALL();
    NEED(current_gl_context(), CUDA_ERROR_INVALID_GRAPHICS_CONTEXT);
    const bool ours = the.settings.gl_device >= 0 && the.settings.gl_device < the.settings.devices;
    *count = ours ? 1 : 0;
    NEED(ours, CUDA_ERROR_NO_DEVICE);
    if (room) devices[0] = the.settings.gl_device;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphicsGLRegisterImage(CUgraphicsResource *handle, GLuint texture, GLenum target, unsigned flags) {
    DRIVER_CALL();
    NEED(current_context(), CUDA_ERROR_INVALID_CONTEXT);
    NEED(current_gl_context(), CUDA_ERROR_INVALID_GRAPHICS_CONTEXT);
    NEED(target == GL_TEXTURE_2D || target == GL_TEXTURE_RECTANGLE, CUDA_ERROR_INVALID_VALUE);
    NEED(gl::is_texture(texture), CUDA_ERROR_INVALID_VALUE);
    const TextureShape shape = gl::shape(target, texture);
    NEED(shape.format && shape.width && shape.height, CUDA_ERROR_INVALID_VALUE);  // RGB8, sRGB and depth are refused
    if (call.wants_null_handle()) return *handle = nullptr, CUDA_SUCCESS;
    Graphics resource{};
    resource.target = target, resource.name = texture, resource.flags = flags, resource.shape = shape;
    return register_object(handle, resource);
}

CUresult CUDAAPI cuGraphicsGLRegisterBuffer(CUgraphicsResource *handle, GLuint buffer, unsigned flags) {
    DRIVER_CALL();
    NEED(current_context(), CUDA_ERROR_INVALID_CONTEXT);
    NEED(current_gl_context(), CUDA_ERROR_INVALID_GRAPHICS_CONTEXT);
    NEED(gl::is_buffer(buffer), CUDA_ERROR_INVALID_VALUE);
    if (call.wants_null_handle()) return *handle = nullptr, CUDA_SUCCESS;
    Graphics resource{};
    resource.is_buffer = true, resource.name = buffer, resource.flags = flags;
    return register_object(handle, resource);
}

CUresult CUDAAPI cuGraphicsUnregisterResource(CUgraphicsResource handle) {
    DRIVER_CALL();
    const auto resource = the.graphics.find(handle);
    NEED(resource, CUDA_ERROR_INVALID_HANDLE);
    NEED(current_gl_context(), CUDA_ERROR_INVALID_GRAPHICS_CONTEXT);
    settle(*resource, call.lock);
    if (resource->mapped) note_misuse("a resource was unregistered while it was mapped");
    if (!is_same_object(*resource)) note_misuse("a texture or buffer was deleted before it was unregistered");
    forget(*resource);
    the.graphics.erase(handle);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphicsResourceSetMapFlags_v2(CUgraphicsResource handle, unsigned flags) {
    DRIVER_CALL();
    const auto resource = the.graphics.find(handle);
    NEED(resource, CUDA_ERROR_INVALID_HANDLE);
    NEED(!resource->mapped, CUDA_ERROR_ALREADY_MAPPED);
    resource->map_flags = flags;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphicsMapResources(unsigned count, CUgraphicsResource *handles, CUstream stream_handle) {
    DRIVER_CALL();
    NEED_STREAM(stream_handle);
    NEED(!stream->capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    for (unsigned at = 0; at < count; at++) {
        const auto resource = the.graphics.find(handles[at]);
        NEED(resource, CUDA_ERROR_INVALID_HANDLE);
        if (const CUresult error = map(*resource, call.lock)) return error;
    }
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphicsUnmapResources(unsigned count, CUgraphicsResource *handles, CUstream stream_handle) {
    DRIVER_CALL();
    NEED_STREAM(stream_handle);
    NEED(!stream->capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    for (unsigned at = 0; at < count; at++) {
        const auto resource = the.graphics.find(handles[at]);
        NEED(resource, CUDA_ERROR_INVALID_HANDLE);
        if (const CUresult error = unmap(*resource, stream, call.lock)) return error;
    }
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphicsSubResourceGetMappedArray(CUarray *array, CUgraphicsResource handle, unsigned index,
                                                     unsigned level) {
    DRIVER_CALL();
    const auto resource = the.graphics.find(handle);
    NEED(resource, CUDA_ERROR_INVALID_HANDLE);
    NEED(resource->mapped, CUDA_ERROR_NOT_MAPPED);
    NEED(!resource->is_buffer, CUDA_ERROR_NOT_MAPPED_AS_ARRAY);
    NEED(!index && !level, CUDA_ERROR_INVALID_VALUE);
    *array = call.wants_null_handle() ? nullptr : resource->array_handle;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphicsResourceGetMappedPointer_v2(CUdeviceptr *address, size_t *bytes, CUgraphicsResource handle) {
    DRIVER_CALL();
    const auto resource = the.graphics.find(handle);
    NEED(resource, CUDA_ERROR_INVALID_HANDLE);
    NEED(resource->mapped, CUDA_ERROR_NOT_MAPPED);
    NEED(resource->is_buffer, CUDA_ERROR_NOT_MAPPED_AS_POINTER);
    *address = call.wants_null_handle() ? 0 : resource->address;
    *bytes = resource->bytes;
    return CUDA_SUCCESS;
}

}  // extern "C"
#pragma GCC visibility pop

// cuInit, devices, contexts, names of errors.
#include <cstdio>
#include <cstring>

#include "arena.h"
#include "executor.h"
#include "mps.h"

namespace mien {

static thread_local std::vector<CUcontext> contexts_of_thread;

CUcontext current_context() { return contexts_of_thread.empty() ? nullptr : contexts_of_thread.back(); }

int current_device() {
    const auto context = the.contexts.find(current_context());
    return context ? context->device : 0;
}

static int attribute(CUdevice_attribute name) {
    const Settings &settings = the.settings;
    switch (name) {
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR: return settings.major;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR: return settings.minor;
    case CU_DEVICE_ATTRIBUTE_MPS_ENABLED: return settings.mps;
    case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
    case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X:
    case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y: return 1024;
    case CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z: return 64;
    case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X: return 0x7fffffff;
    case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y:
    case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z: return 65535;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK: return 49152;
    case CU_DEVICE_ATTRIBUTE_WARP_SIZE: return 32;
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT: return multiprocessors();
    case CU_DEVICE_ATTRIBUTE_CLOCK_RATE: return 2040000;
    case CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT: return 512;
    case CU_DEVICE_ATTRIBUTE_TEXTURE_PITCH_ALIGNMENT: return 32;
    case CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT: return 2;
    case CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED:
    case CU_DEVICE_ATTRIBUTE_HOST_MEMORY_POOLS_SUPPORTED:
    case CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING:
    case CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY:
    case CU_DEVICE_ATTRIBUTE_CONCURRENT_KERNELS:
    case CU_DEVICE_ATTRIBUTE_STREAM_PRIORITIES_SUPPORTED: return 1;
    default: return 0;
    }
}

static bool exists(CUdevice device) { return device >= 0 && device < the.settings.devices; }

static const char *error_name(CUresult code) {
    switch (int(code)) {
#define ERROR_NAME(name, number) \
    case number: return #name;
#include "error_names.inc"  // made from cuda.h by build.py
    default: return nullptr;
    }
}

}  // namespace mien

using namespace mien;

#pragma GCC visibility push(default)
extern "C" {

CUresult CUDAAPI cuInit(unsigned) {
    DRIVER_CALL(NOTHING);
    the.initialised = true;
    return the.settings.devices ? the.sticky : CUDA_ERROR_NO_DEVICE;
}

CUresult CUDAAPI cuDriverGetVersion(int *version) {
    DRIVER_CALL(NOTHING);
    *version = the.settings.driver_version;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGetCount(int *count) {
    DRIVER_CALL();
    *count = the.settings.devices;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGet(CUdevice *device, int ordinal) {
    DRIVER_CALL();
    NEED(exists(ordinal), CUDA_ERROR_INVALID_DEVICE);
    *device = ordinal;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGetName(char *name, int length, CUdevice device) {
    DRIVER_CALL();
    NEED(exists(device), CUDA_ERROR_INVALID_DEVICE);
    std::snprintf(name, size_t(length), "Emulated GPU %d", device);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGetUuid_v2(CUuuid *uuid, CUdevice device) {
    DRIVER_CALL();
    NEED(exists(device), CUDA_ERROR_INVALID_DEVICE);
    std::memset(uuid->bytes, 0x4d, sizeof uuid->bytes);
    uuid->bytes[15] = char(device);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGetPCIBusId(char *text, int length, CUdevice device) {
    DRIVER_CALL();
    NEED(exists(device), CUDA_ERROR_INVALID_DEVICE);
    std::snprintf(text, size_t(length), "0000:%02x:00.0", device + 1);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
    DRIVER_CALL();
    NEED(exists(device), CUDA_ERROR_INVALID_DEVICE);
    *bytes = the.settings.memory_bytes;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDeviceGetAttribute(int *value, CUdevice_attribute name, CUdevice device) {
    DRIVER_CALL();
    NEED(exists(device), CUDA_ERROR_INVALID_DEVICE);
    *value = attribute(name);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device) {
    DRIVER_CALL();
    NEED(exists(device), CUDA_ERROR_INVALID_DEVICE);
    if (!the.primary[device]) {
        the.primary[device] = std::make_shared<Context>(Context{device});
        the.primary_handle[device] = the.contexts.add(the.primary[device]);
    }
    the.primary[device]->references++;
    *context = the.primary_handle[device];
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDevicePrimaryCtxRelease_v2(CUdevice device) {
    DRIVER_CALL();
    NEED(exists(device), CUDA_ERROR_INVALID_DEVICE);
    NEED(the.primary[device] && the.primary[device]->references > 0, CUDA_ERROR_INVALID_CONTEXT);
    the.primary[device]->references--;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuDevicePrimaryCtxGetState(CUdevice device, unsigned *flags, int *active) {
    DRIVER_CALL();
    NEED(exists(device), CUDA_ERROR_INVALID_DEVICE);
    *flags = 0;
    *active = the.primary[device] && the.primary[device]->references > 0;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuCtxSetCurrent(CUcontext context) {
    DRIVER_CALL();
    NEED(!context || the.contexts.find(context), CUDA_ERROR_INVALID_CONTEXT);
    if (!contexts_of_thread.empty()) contexts_of_thread.pop_back();
    if (context) contexts_of_thread.push_back(context);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuCtxGetCurrent(CUcontext *context) {
    DRIVER_CALL();
    *context = current_context();
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuCtxPushCurrent_v2(CUcontext context) {
    DRIVER_CALL();
    NEED(the.contexts.find(context), CUDA_ERROR_INVALID_CONTEXT);
    contexts_of_thread.push_back(context);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuCtxPopCurrent_v2(CUcontext *context) {
    DRIVER_CALL();
    NEED(current_context(), CUDA_ERROR_INVALID_CONTEXT);
    if (context) *context = current_context();
    contexts_of_thread.pop_back();
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuCtxGetDevice(CUdevice *device) {
    DRIVER_CALL();
    NEED(current_context(), CUDA_ERROR_INVALID_CONTEXT);
    *device = current_device();
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuCtxGetStreamPriorityRange(int *least, int *greatest) {
    DRIVER_CALL();
    if (least) *least = 0;
    if (greatest) *greatest = -5;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuCtxSynchronize() {
    DRIVER_CALL();
    NEED(current_context(), CUDA_ERROR_INVALID_CONTEXT);
    NEED(!anything_captures(), CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    finish_all(call.lock);
    return the.sticky;
}

CUresult CUDAAPI cuGetErrorName(CUresult code, const char **name) {
    *name = error_name(code);
    return *name ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUresult CUDAAPI cuGetErrorString(CUresult code, const char **text) {
    *text = error_name(code) ? "said by the emulated driver" : nullptr;
    return *text ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

}  // extern "C"
#pragma GCC visibility pop

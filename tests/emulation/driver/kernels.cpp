// Machine code is loaded but not run: it says which kernels there are and for which architecture. What runs is the same
// source compiled for the host.
#include "kernels.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstring>

#include "arena.h"
#include "executor.h"
#include "machine_code.h"

namespace mien {

static std::map<std::string, const MienKernel *> &host_kernels = *new std::map<std::string, const MienKernel *>;

static std::shared_ptr<Array> mapped_array(CUarray handle) {
    const auto array = the.arrays.find(handle);
    // Work that was brought before the unmapping may run after it; not the other way round.
    return array && (!array->unmapped_at || issue_of_running_work() < array->unmapped_at) ? array : nullptr;
}

static const MienArray *surface_for_kernel(uint64_t handle) {
    const auto surface = the.surfaces.find(handle);
    if (!surface) kernel_fault("a surface object that does not exist (any more)");
    const auto array = mapped_array(surface->handle);
    if (!array) kernel_fault("a surface object whose array is not mapped any more");
    return array.get();
}

static const MienTexture *texture_for_kernel(uint64_t handle) {
    const auto texture = the.textures.find(handle);
    if (!texture) kernel_fault("a texture object that does not exist (any more)");
    if (texture->handle && !mapped_array(texture->handle))
        kernel_fault("a texture object whose array is not mapped any more");
    return &texture->description;
}

static MienAllocation allocation_for_kernel(const void *address, size_t bytes) {
    const Allocation *found = allocation_around(uintptr_t(address), bytes);
    if (!found) return {0, 0, MIEN_NOT_CUDA};
    const uintptr_t start = std::prev(allocations.upper_bound(uintptr_t(address)))->first;
    return {start, found->bytes, is_device(start) ? MIEN_DEVICE_MEMORY : MIEN_PINNED_MEMORY};
}

std::string register_kernels(const char *path) {
    static const MienRuntime runtime{surface_for_kernel, texture_for_kernel, allocation_for_kernel,
                                     arena_start(),      arena_end(),        kernel_fault};
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) return dlerror();
    const auto bind = (decltype(&mien_bind))dlsym(library, "mien_bind");
    const auto list = (decltype(&mien_kernels))dlsym(library, "mien_kernels");
    if (!bind || !list) return std::string(path) + " exports no mien_bind or mien_kernels";
    bind(&runtime);
    int count = 0;
    const MienKernel *kernels = list(&count);
    for (int at = 0; at < count; at++) host_kernels[kernels[at].name] = &kernels[at];
    return "";
}

// ---- launches ------------------------------------------------------------------------------------------------------

using Arguments = std::vector<std::vector<char>>;

static void run_kernel(const MienKernel &kernel, MienDim3 grid, MienDim3 block, size_t shared,
                       const Arguments &arguments) {
    std::vector<void *> pointers;
    for (const auto &argument : arguments) pointers.push_back((void *)argument.data());
    Launch launch{kernel.name, grid, block, {}};
    MienTraffic *traffic = the.settings.count_traffic ? &launch.traffic : nullptr;
    survives([&] { kernel.launch(grid, block, shared, pointers.data(), traffic); });
    ++the.launched[kernel.name];
    if (traffic) the.launches.push_back(launch);
    const std::string overwritten = overwritten_guard();
    if (!overwritten.empty()) lose_device(CUDA_ERROR_ILLEGAL_ADDRESS, overwritten + " by " + kernel.name);
}

static bool launchable(const CUlaunchConfig &wanted) {
    const size_t threads = size_t(wanted.blockDimX) * wanted.blockDimY * wanted.blockDimZ;
    const bool grid = wanted.gridDimX && wanted.gridDimY && wanted.gridDimZ && wanted.gridDimX <= 0x7fffffff &&
                      wanted.gridDimY <= 65535 && wanted.gridDimZ <= 65535;
    return grid && threads > 0 && threads <= 1024 && wanted.blockDimZ <= 64 && wanted.sharedMemBytes <= 49152;
}

static CUresult launch(const CUlaunchConfig &wanted, CUfunction function, void **given, void **extra) {
    NEED_STREAM(wanted.hStream);
    const auto kernel = the.kernels.find(CUkernel(function));
    NEED(kernel, CUDA_ERROR_INVALID_HANDLE);
    NEED(!extra, CUDA_ERROR_NOT_SUPPORTED);
    NEED(launchable(wanted), CUDA_ERROR_INVALID_VALUE);
    const MienKernel *host = kernel->host;
    Arguments arguments;  // read now: the caller's memory is gone when the stream gets there
    for (int at = 0; at < host->parameters; at++)
        arguments.emplace_back((char *)given[at], (char *)given[at] + host->sizes[at]);
    const MienDim3 grid{wanted.gridDimX, wanted.gridDimY, wanted.gridDimZ};
    const MienDim3 block{wanted.blockDimX, wanted.blockDimY, wanted.blockDimZ};
    const size_t shared = wanted.sharedMemBytes;
    return enqueue(stream, host->name, [=] { run_kernel(*host, grid, block, shared, arguments); });
}

static size_t offset_of(const MienKernel &kernel, size_t parameter) {
    size_t offset = 0;
    for (size_t at = 0;; at++) {
        offset = (offset + kernel.alignments[at] - 1) / kernel.alignments[at] * kernel.alignments[at];
        if (at == parameter) return offset;
        offset += kernel.sizes[at];
    }
}

}  // namespace mien

using namespace mien;

#pragma GCC visibility push(default)
extern "C" {

CUresult CUDAAPI cuLibraryLoadData(CUlibrary *handle, const void *code, CUjit_option *, void **, unsigned,
                                   CUlibraryOption *, void **, unsigned) {
    DRIVER_CALL();
    const char *image = (const char *)code;
    const auto library = std::make_shared<Library>();
    library->image.assign(image, image + machine_code_bytes(image));
    if (const CUresult error = check_architecture(library->image)) return error;
    *handle = the.libraries.add(library);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuLibraryUnload(CUlibrary handle) {
    DRIVER_CALL();
    const auto library = the.libraries.find(handle);
    NEED(library, CUDA_ERROR_INVALID_HANDLE);
    finish_all(call.lock);
    for (const auto &[name, kernel] : library->kernels) the.kernels.erase(kernel);
    the.libraries.erase(handle);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuLibraryGetKernel(CUkernel *kernel, CUlibrary handle, const char *name) {
    DRIVER_CALL();
    const auto library = the.libraries.find(handle);
    NEED(library, CUDA_ERROR_INVALID_HANDLE);
    NEED(machine_code_has(library->image, name), CUDA_ERROR_NOT_FOUND);
    const auto host = host_kernels.find(name);
    if (host == host_kernels.end()) {
        std::fprintf(stderr, "[emulated driver] %s is in the image, but no kernel library has it\n", name);
        return CUDA_ERROR_NOT_FOUND;
    }
    CUkernel &known = library->kernels[name];
    if (!known) known = the.kernels.add(std::make_shared<Kernel>(Kernel{host->second, handle}));
    *kernel = known;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuKernelGetLibrary(CUlibrary *library, CUkernel handle) {
    DRIVER_CALL();
    const auto kernel = the.kernels.find(handle);
    NEED(kernel, CUDA_ERROR_INVALID_HANDLE);
    *library = kernel->library;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuKernelGetName(const char **name, CUkernel handle) {
    DRIVER_CALL();
    const auto kernel = the.kernels.find(handle);
    NEED(kernel, CUDA_ERROR_INVALID_HANDLE);
    *name = kernel->host->name;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuKernelGetFunction(CUfunction *function, CUkernel handle) {
    DRIVER_CALL();
    NEED(the.kernels.find(handle), CUDA_ERROR_INVALID_HANDLE);
    *function = CUfunction(handle);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuKernelGetParamInfo(CUkernel handle, size_t parameter, size_t *offset, size_t *bytes) {
    DRIVER_CALL();
    const auto kernel = the.kernels.find(handle);
    NEED(kernel, CUDA_ERROR_INVALID_HANDLE);
    NEED(parameter < size_t(kernel->host->parameters), CUDA_ERROR_INVALID_VALUE);
    *offset = offset_of(*kernel->host, parameter);
    if (bytes) *bytes = kernel->host->sizes[parameter];
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuKernelGetAttribute(int *value, CUfunction_attribute name, CUkernel handle, CUdevice) {
    DRIVER_CALL();
    NEED(the.kernels.find(handle), CUDA_ERROR_INVALID_HANDLE);
    *value = name == CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK ? 1024 : name == CU_FUNC_ATTRIBUTE_NUM_REGS ? 32 : 0;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuLaunchKernelEx(const CUlaunchConfig *wanted, CUfunction function, void **arguments, void **extra) {
    DRIVER_CALL();
    return launch(*wanted, function, arguments, extra);
}

CUresult CUDAAPI cuLaunchKernel(CUfunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                                unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared,
                                CUstream stream, void **arguments, void **extra) {
    DRIVER_CALL();
    CUlaunchConfig wanted{};
    wanted.gridDimX = grid_x, wanted.gridDimY = grid_y, wanted.gridDimZ = grid_z;
    wanted.blockDimX = block_x, wanted.blockDimY = block_y, wanted.blockDimZ = block_z;
    wanted.sharedMemBytes = shared, wanted.hStream = stream;
    return launch(wanted, function, arguments, extra);
}

}  // extern "C"
#pragma GCC visibility pop

// How bindings find entry points.
#include <dlfcn.h>

#include <cstring>

#include "driver.h"

using namespace mien;

static void *own_symbol(const std::string &name) {
    static void *const self = [] {
        Dl_info info;
        dladdr((void *)&cuInit, &info);
        return dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD);
    }();
    return dlsym(self, name.c_str());
}

// Where the newest of several versions has other parameters than the one that is asked for.
static const char *older_version(const std::string &name, int version) {
    if (name == "cuStreamGetCtx" && version < 12050) return "cuStreamGetCtx";
    if (name == "cuStreamGetCaptureInfo" && version < 12030) return "cuStreamGetCaptureInfo_v2";
    return nullptr;
}

#pragma GCC visibility push(default)
extern "C" {

CUresult CUDAAPI cuGetProcAddress_v2(const char *name, void **function, int version, cuuint64_t,
                                     CUdriverProcAddressQueryResult *status) {
    const char *older = older_version(name, version);
    *function = older ? own_symbol(older) : nullptr;
    for (const char *suffix : {"_v4", "_v3", "_v2", ""})
        if (!*function) *function = own_symbol(std::string(name) + suffix);
    if (status) *status = *function ? CU_GET_PROC_ADDRESS_SUCCESS : CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
    return *function ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
}

// NVRTC from 13.5 on looks for this and crashes where it does not exist at all; "not found" costs it a cache.
CUresult CUDAAPI cuGetExportTable(const void **table, const CUuuid *) {
    if (table) *table = nullptr;
    return CUDA_ERROR_NOT_FOUND;
}

}  // extern "C"
#pragma GCC visibility pop

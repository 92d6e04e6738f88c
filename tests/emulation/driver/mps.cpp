// What the multi-process service does to one of its clients: limits from its environment, refusals, a client's end.
//
// cuda.h says what each error means, not which call answers with it: the calls below are a choice. The limits are read
// anew each time, where the real driver reads them once.
#include "mps.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "driver.h"

namespace mien {

constexpr int MULTIPROCESSORS = 58;

static bool begins(std::string_view api, std::initializer_list<const char *> words) {
    return std::any_of(words.begin(), words.end(), [&](const char *word) { return api.rfind(word, 0) == 0; });
}

// Who asks for a connection, who asks for a client's place, and who asks the server for something.
static bool is_answered_so(std::string_view api, CUresult code) {
    switch (int(code)) {
    case CUDA_ERROR_MPS_CONNECTION_FAILED: return api == "cuInit";
    case CUDA_ERROR_MPS_SERVER_NOT_READY:
    case CUDA_ERROR_MPS_MAX_CLIENTS_REACHED: return begins(api, {"cuDevicePrimaryCtxRetain", "cuCtxCreate"});
    case CUDA_ERROR_MPS_MAX_CONNECTIONS_REACHED: return begins(api, {"cuDevicePrimaryCtxRetain", "cuStreamCreate"});
    case CUDA_ERROR_MPS_RPC_FAILURE: return begins(api, {"cuDevicePrimaryCtxRetain", "cuMemAlloc", "cuLibraryLoad"});
    default: return false;
    }
}

CUresult refused_by_mps(std::string_view api) {
    const Settings &settings = the.settings;
    if (!settings.mps) return CUDA_SUCCESS;
    if (settings.mps_gl && begins(api, {"cuGraphicsGLRegister", "cuGLGetDevices"})) return CUresult(settings.mps_gl);
    if (!settings.mps_error) return CUDA_SUCCESS;
    const CUresult code = CUresult(settings.mps_error);
    if (is_answered_so(api, code)) return code;
    if (int(code) >= CUDA_ERROR_MPS_CONNECTION_FAILED && int(code) <= CUDA_ERROR_MPS_MAX_CONNECTIONS_REACHED)
        return CUDA_SUCCESS;
    // 810, or the fault of another client: this one's next call finds its context gone, whichever call that is.
    if (the.initialised && api != "cuDriverGetVersion") lose_device(code, "MPS has ended this client, as asked for");
    return CUDA_SUCCESS;
}

int multiprocessors() {
    const char *percent = the.settings.mps ? std::getenv("CUDA_MPS_ACTIVE_THREAD_PERCENTAGE") : nullptr;
    const double share = percent ? std::atof(percent) / 100 : 1;
    return std::max(1, int(MULTIPROCESSORS * std::min(share, 1.0)));
}

size_t device_memory() {
    const size_t all = the.settings.memory_bytes;
    const char *limit = the.settings.mps ? std::getenv("CUDA_MPS_PINNED_DEVICE_MEM_LIMIT") : nullptr;
    const char *amount = limit ? std::strchr(limit, '=') : nullptr;
    if (!amount) return all;
    char *unit = nullptr;
    const size_t number = std::strtoull(amount + 1, &unit, 10);
    return std::min(all, number << (*unit == 'G' ? 30 : 20));
}

}  // namespace mien

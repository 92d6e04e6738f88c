// What happens at every entry point: counting, injected failures, a lost device, calls from where none are allowed.
#include <cstdio>
#include <cstring>

#include "driver.h"
#include "host_thread.h"
#include "mps.h"

namespace mien {

State &the = *new State;

uintptr_t new_handle() {
    static uintptr_t last = 0x4d0000000000;  // looks like a pointer, is none
    return last += 16;
}

std::string_view without_version(std::string_view name) {
    const size_t at = name.rfind("_v");
    const bool versioned = at != name.npos && name.find_first_not_of("0123456789", at + 2) == name.npos;
    return versioned ? name.substr(0, at) : name;
}

void note_misuse(const std::string &what) {
    std::fprintf(stderr, "[emulated driver] misuse: %s\n", what.c_str());
    the.misuses.push_back(what);
}

void lose_device(CUresult code, const std::string &why) {
    if (the.sticky != CUDA_SUCCESS) return;  // what comes after the first error follows from it
    std::fprintf(stderr, "[emulated driver] error %d for good: %s\n", int(code), why.c_str());
    the.faults.push_back(why);
    the.sticky = code;
    the.changed.notify_all();
}

bool is_buried(const void *handle) {
    for (const auto &[first, last] : the.buried)
        if (uintptr_t(handle) >= first && uintptr_t(handle) <= last) return true;
    return false;
}

static bool gives_something_back(std::string_view api) {
    for (const char *word : {"Destroy", "Free", "Unload", "Release", "Unregister"})
        if (api.find(word) != api.npos) return true;
    return false;
}

// `nth` counts from when the failure was asked for, not from the start of the process.
CUresult Call::injected(std::string_view api) {
    CUresult answer = CUDA_SUCCESS;
    for (Failure &failure : the.failures) {
        if (failure.api != api || (++failure.seen != failure.nth && failure.nth != 0)) continue;
        if (failure.null_handle) null_handle = true;
        if (failure.sticky) lose_device(failure.code, "lost in " + failure.api + ", as asked for");
        if (answer == CUDA_SUCCESS) answer = failure.code;
    }
    return answer;
}

Call::Call(const char *entry_point, CallNeeds needs) : lock(the.mutex) {
    const std::string_view api = without_version(entry_point);
    ++the.sequence;
    ++the.calls[std::string(api)];
    // The real driver forbids it and may or may not notice. The garbage collector, though, cannot choose its thread.
    if (in_host_function() && !gives_something_back(api)) {
        note_misuse(std::string(api) + " was called from a host function");
        refused = CUDA_ERROR_NOT_PERMITTED;
        return;
    }
    refused = injected(api);
    if (refused == CUDA_SUCCESS) refused = refused_by_mps(api);
    if (refused != CUDA_SUCCESS || needs == NOTHING) return;
    refused = the.initialised ? the.sticky : CUDA_ERROR_NOT_INITIALIZED;
}

}  // namespace mien

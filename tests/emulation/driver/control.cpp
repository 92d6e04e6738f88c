// Switches, failures to come, and what a test does between two tests.
#include "control.h"

#include <cstring>

#include "arena.h"
#include "executor.h"
#include "interop.h"
#include "kernels.h"
#include "report.h"

using namespace mien;

// ---- switches ------------------------------------------------------------------------------------------------------

static int *number_setting(const std::string &name) {
    Settings &settings = the.settings;
    if (name == "devices") return &settings.devices;
    if (name == "gl_device") return &settings.gl_device;
    if (name == "major") return &settings.major;
    if (name == "minor") return &settings.minor;
    if (name == "driver_version") return &settings.driver_version;
    if (name == "mps") return &settings.mps;
    if (name == "mps_gl") return &settings.mps_gl;
    if (name == "mps_error") return &settings.mps_error;
    return nullptr;
}

static bool *switch_setting(const std::string &name) {
    Settings &settings = the.settings;
    if (name == "lazy") return &settings.lazy;
    if (name == "protect") return &settings.protect;
    if (name == "count_traffic") return &settings.count_traffic;
    return nullptr;
}

// After a lost device nothing can be given back any more. What was made since `keep_up_to` goes with the context.
static void bury(uintptr_t keep_up_to) {
    const uintptr_t first = keep_up_to + 1;
    the.buried.push_back({first, new_handle()});
    the.uploads.clear();
    the.graphics.erase_from(first), the.arrays.erase_from(first), the.surfaces.erase_from(first);
    the.textures.erase_from(first), the.streams.erase_from(first), the.events.erase_from(first);
    the.graphs.erase_from(first), the.executables.erase_from(first), the.libraries.erase_from(first);
    the.kernels.erase_from(first);
    abandon(first);
}

#pragma GCC visibility push(default)
extern "C" {

int mien_set(const char *name, long long value) {
    const std::lock_guard<std::mutex> lock(the.mutex);
    if (int *number = number_setting(name)) return *number = int(value), 1;
    if (bool *flag = switch_setting(name)) {
        *flag = value != 0;
        apply_protection();
        return 1;
    }
    if (std::strcmp(name, "memory_bytes")) return 0;
    the.settings.memory_bytes = size_t(value);
    return 1;
}

int mien_fail(const char *api, int code, int nth, int sticky, int null_handle) {
    const std::lock_guard<std::mutex> lock(the.mutex);
    the.failures.push_back({std::string(without_version(api)), nth, CUresult(code), sticky != 0, null_handle != 0});
    return 1;
}

const char *mien_register(const char *library) {
    static std::string problem;
    const std::lock_guard<std::mutex> lock(the.mutex);
    problem = register_kernels(library);
    return problem.c_str();
}

const char *mien_report() {
    static std::string text;
    const std::lock_guard<std::mutex> lock(the.mutex);
    text = report_text();
    return text.c_str();
}

unsigned long long mien_newest_handle() {
    const std::lock_guard<std::mutex> lock(the.mutex);
    return new_handle();
}

void mien_reset(unsigned long long keep_up_to) {
    const std::lock_guard<std::mutex> lock(the.mutex);
    if (the.sticky != CUDA_SUCCESS) {
        for (const auto &stream : all_streams())
            while (step(stream) == Progress::ADVANCED) continue;  // drops what is pending
        bury(keep_up_to);
    }
    the.sticky = CUDA_SUCCESS;
    the.settings = Settings();
    apply_protection();
    mend_guards();
    the.failures.clear(), the.calls.clear(), the.launched.clear(), the.copied.clear(), the.faults.clear();
    the.misuses.clear(), the.instantiated.clear(), the.launches.clear();
}

void mien_finish() {
    std::unique_lock<std::mutex> lock(the.mutex);
    finish_all(lock);
    if (!current_gl_context()) return;
    const auto waiting = the.uploads;
    for (const auto &upload : waiting) settle(upload->context, upload->sequence, lock);
}

void mien_enqueue(void *stream, void (*function)(void *), void *user) {
    const std::lock_guard<std::mutex> lock(the.mutex);
    Operation operation;
    operation.kind = "device work";
    operation.host_function = function;
    operation.user = user;
    if (const auto found = stream_of(CUstream(stream))) enqueue(found, std::move(operation));
}

void mien_device_access(int on) {
    static std::vector<std::unique_ptr<DeviceAccess>> &granted = *new std::vector<std::unique_ptr<DeviceAccess>>;
    const std::lock_guard<std::mutex> lock(the.mutex);
    if (on)
        granted.push_back(std::make_unique<DeviceAccess>());
    else if (!granted.empty())
        granted.pop_back();
}

unsigned long long mien_gl_context() { return (unsigned long long)(uintptr_t)current_gl_context(); }

unsigned long long mien_gl_position() {
    const std::lock_guard<std::mutex> lock(the.mutex);
    return last_upload();
}

void mien_gl_settle(unsigned long long context, unsigned long long position) {
    std::unique_lock<std::mutex> lock(the.mutex);
    if (current_gl_context()) settle((void *)(uintptr_t)context, position, lock);
}

}  // extern "C"
#pragma GCC visibility pop

#include "control.h"

#include <cstring>

#include "arena.h"
#include "executor.h"
#include "interop.h"
#include "kernels.h"

using namespace mien;

// ---- JSON ----------------------------------------------------------------------------------------------------------

static std::string quoted(const std::string &text) {
    std::string made = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') made += '\\';
        made += letter == '\n' ? ' ' : letter;
    }
    return made + "\"";
}

template <class Items, class Write>
static std::string joined(const char *brackets, const Items &items, const Write &write) {
    std::string made(1, brackets[0]);
    for (const auto &item : items) made += (made.size() > 1 ? "," : "") + write(item);
    return made + brackets[1];
}

static std::string list(const std::vector<std::string> &texts) { return joined("[]", texts, quoted); }

static std::string counts(const std::map<std::string, uint64_t> &numbers) {
    return joined("{}", numbers, [](const auto &entry) { return quoted(entry.first) + ":" + std::to_string(entry.second); });
}

static std::string triple(const MienDim3 &dim) {
    return "[" + std::to_string(dim.x) + "," + std::to_string(dim.y) + "," + std::to_string(dim.z) + "]";
}

static std::string count(const MienCount &touched) {
    return counts({{"requests", touched.requests}, {"sectors", touched.sectors}, {"bytes", touched.bytes}});
}

static std::string launch_text(const Launch &launch) {
    const MienTraffic &traffic = launch.traffic;
    return "{\"kernel\":" + quoted(launch.kernel) + ",\"grid\":" + triple(launch.grid) + ",\"block\":" + triple(launch.block) +
           ",\"loads\":" + count(traffic.loads) + ",\"stores\":" + count(traffic.stores) +
           ",\"surface_loads\":" + count(traffic.surface_loads) + ",\"surface_stores\":" + count(traffic.surface_stores) +
           ",\"texture_fetches\":" + count(traffic.texture_fetches) + "}";
}

static uint64_t allocated(Kind kind) {
    uint64_t found = 0;
    for (const auto &[address, allocation] : allocations) {
        const bool in_array = [&, start = address] {  // counted as array
            for (const auto &[handle, array] : the.arrays.objects)
                if (uintptr_t(array->data) == start) return true;
            return false;
        }();
        found += allocation.kind == kind && !in_array;
    }
    return found;
}

static uint64_t mapped_resources() {
    uint64_t found = 0;
    for (const auto &[handle, resource] : the.graphics.objects) found += resource->mapped;
    return found;
}

static std::map<std::string, uint64_t> live_objects() {
    uint64_t own_arrays = 0;
    for (const auto &[handle, array] : the.arrays.objects)
        if (const Allocation *memory = allocation_around(uintptr_t(array->data))) own_arrays += memory->kind == Kind::DEVICE;
    uint64_t own_pools = the.pools.objects.size() - (the.host_pool != nullptr);
    for (const CUmemoryPool pool : the.device_pool) own_pools -= pool != nullptr;
    return {
        {"device memory", allocated(Kind::DEVICE)}, {"pinned memory", allocated(Kind::PINNED)},
        {"registered memory", allocated(Kind::REGISTERED)}, {"arrays", own_arrays}, {"pools", own_pools},
        {"textures", the.textures.objects.size()}, {"surfaces", the.surfaces.objects.size()},
        {"streams", the.streams.objects.size()}, {"events", the.events.objects.size()},
        {"graphs", the.graphs.objects.size()}, {"executable graphs", the.executables.objects.size()},
        {"user objects", the.user_objects.objects.size()}, {"libraries", the.libraries.objects.size()},
        {"registered resources", the.graphics.objects.size()}, {"mapped resources", mapped_resources()},
    };
}

// ---- switches ------------------------------------------------------------------------------------------------------

static int *number_setting(const std::string &name) {
    Settings &settings = the.settings;
    if (name == "devices") return &settings.devices;
    if (name == "gl_device") return &settings.gl_device;
    if (name == "major") return &settings.major;
    if (name == "minor") return &settings.minor;
    if (name == "driver_version") return &settings.driver_version;
    if (name == "mps") return &settings.mps;
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
    text = "{\"calls\":" + counts(the.calls) + ",\"live\":" + counts(live_objects()) + ",\"launched\":" + counts(the.launched) +
           ",\"copied\":" + counts(the.copied) + ",\"faults\":" + list(the.faults) + ",\"misuses\":" + list(the.misuses) +
           ",\"graphs\":" + joined("[]", the.instantiated, list) + ",\"launches\":" + joined("[]", the.launches, launch_text) +
           ",\"sticky\":" + std::to_string(int(the.sticky)) + ",\"pending\":" + std::to_string([] {
               size_t pending = the.uploads.size();
               for (const auto &stream : all_streams()) pending += stream->pending.size();
               return pending;
           }()) + "}";
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

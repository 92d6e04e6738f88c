// The report: counts, live objects, faults, launches, as JSON.
#include "report.h"

#include "arena.h"
#include "executor.h"
#include "interop.h"

namespace mien {

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
    return joined("{}", numbers,
                  [](const auto &entry) { return quoted(entry.first) + ":" + std::to_string(entry.second); });
}

static std::string triple(const MienDim3 &dim) {
    return "[" + std::to_string(dim.x) + "," + std::to_string(dim.y) + "," + std::to_string(dim.z) + "]";
}

static std::string count(const MienCount &touched) {
    return counts({{"requests", touched.requests}, {"sectors", touched.sectors}, {"bytes", touched.bytes}});
}

static std::string launch_text(const Launch &launch) {
    const MienTraffic &traffic = launch.traffic;
    return "{\"kernel\":" + quoted(launch.kernel) + ",\"grid\":" + triple(launch.grid) +
           ",\"block\":" + triple(launch.block) + ",\"loads\":" + count(traffic.loads) +
           ",\"stores\":" + count(traffic.stores) + ",\"surface_loads\":" + count(traffic.surface_loads) +
           ",\"surface_stores\":" + count(traffic.surface_stores) +
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
        if (const Allocation *memory = allocation_around(uintptr_t(array->data)))
            own_arrays += memory->kind == Kind::DEVICE;
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

static size_t pending() {
    size_t found = the.uploads.size();
    for (const auto &stream : all_streams()) found += stream->pending.size();
    return found;
}

std::string report_text() {
    return "{\"calls\":" + counts(the.calls) + ",\"live\":" + counts(live_objects()) +
           ",\"launched\":" + counts(the.launched) + ",\"copied\":" + counts(the.copied) +
           ",\"faults\":" + list(the.faults) + ",\"misuses\":" + list(the.misuses) +
           ",\"graphs\":" + joined("[]", the.instantiated, list) +
           ",\"launches\":" + joined("[]", the.launches, launch_text) +
           ",\"sticky\":" + std::to_string(int(the.sticky)) + ",\"pending\":" + std::to_string(pending()) + "}";
}

}  // namespace mien

// One reserved range of addresses holds all device and pinned memory, so that "is this CUDA's?" is one comparison.
// Freed addresses become unreadable and come round again only after the whole range has been used: a kernel that uses
// freed memory faults.
#include "arena.h"

#include <sys/mman.h>

#include <cstring>

#include "driver.h"
#include "mps.h"

namespace mien {

std::map<uintptr_t, Allocation> &allocations = *new std::map<uintptr_t, Allocation>;

constexpr size_t PAGE = 4096;
constexpr size_t GUARD = PAGE;
constexpr size_t RANGE = size_t(64) << 30;  // addresses, not memory
constexpr int FRESH = 0xcd, UNTOUCHED = 0xfd;
constexpr int RESERVED = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

static uintptr_t cursor;
static int access_depth;

uintptr_t arena_start() {
    static const uintptr_t start = [] {
        void *range = mmap(nullptr, RANGE, PROT_NONE, RESERVED, -1, 0);
        return range == MAP_FAILED ? 0 : (uintptr_t)range;
    }();
    return start;
}

uintptr_t arena_end() { return arena_start() ? arena_start() + RANGE : 0; }

// The first free range of addresses at or after the cursor, going round once.
static uintptr_t find_room(size_t bytes) {
    uintptr_t at = cursor ? cursor : arena_start();
    for (bool wrapped = false;;) {
        if (at + bytes > arena_end()) {
            if (wrapped) return 0;
            wrapped = true;
            at = arena_start();
        }
        auto next = allocations.lower_bound(at);
        if (next != allocations.begin()) {
            const Allocation &former = std::prev(next)->second;
            if (former.block && former.block + former.block_bytes > at) {
                at = former.block + former.block_bytes;
                continue;
            }
        }
        while (next != allocations.end() && !next->second.block) ++next;
        if (next == allocations.end() || next->second.block >= at + bytes) return at;
        at = next->second.block + next->second.block_bytes;
    }
}

static void *body(const Allocation &of) { return (void *)(of.block + GUARD); }
static size_t body_bytes(const Allocation &of) { return of.block_bytes - 2 * GUARD; }
static bool out_of_reach(const Allocation &of) { return of.kind == Kind::DEVICE || of.kind == Kind::BORROWED; }

static void set_reach(const Allocation &of, bool reachable) {
    if (out_of_reach(of)) mprotect(body(of), body_bytes(of), reachable ? PROT_READ | PROT_WRITE : PROT_NONE);
}

static void paint_guards(const Allocation &of) {
    std::memset((void *)of.block, UNTOUCHED, GUARD);
    const uintptr_t end = of.block + GUARD + of.bytes;
    std::memset((void *)end, UNTOUCHED, of.block + of.block_bytes - end);
}

uintptr_t allocate(size_t bytes, Kind kind, int device) {
    if (!bytes || (kind == Kind::DEVICE && used_bytes(device) + bytes > device_memory())) return 0;
    const size_t block_bytes = (bytes + PAGE - 1) / PAGE * PAGE + 2 * GUARD;
    const uintptr_t block = find_room(block_bytes);
    if (!block || mprotect((void *)block, block_bytes, PROT_READ | PROT_WRITE) != 0) return 0;
    cursor = block + block_bytes;
    const uintptr_t address = block + GUARD;
    const Allocation made{bytes, kind, device, block, block_bytes, new_handle()};
    allocations[address] = made;
    std::memset((void *)address, FRESH, bytes);  // never zero by chance
    paint_guards(made);
    if (the.settings.protect && !access_depth) set_reach(made, false);
    return address;
}

bool release(uintptr_t address, Kind kind) {
    auto found = allocations.find(address);
    if (found == allocations.end() || found->second.kind != kind) return false;
    const Allocation &gone = found->second;
    // Mapped anew rather than only protected: the pages go back to the system.
    if (gone.block)
        mmap((void *)gone.block, gone.block_bytes, PROT_NONE, RESERVED | MAP_FIXED, -1, 0);
    allocations.erase(found);
    return true;
}

bool adopt(uintptr_t address, size_t bytes) {
    if (!bytes || allocation_around(address)) return false;
    return allocations.insert({address, {bytes, Kind::REGISTERED, 0, 0, 0, new_handle()}}).second;
}

void abandon(uintptr_t newer_than) {
    for (auto at = allocations.begin(); at != allocations.end();) {
        auto &[address, allocation] = *at++;
        if (allocation.serial < newer_than) continue;
        if (allocation.kind == Kind::PINNED || allocation.kind == Kind::REGISTERED)
            allocation.kind = Kind::ABANDONED;
        else
            release(address, allocation.kind);
    }
}

size_t used_bytes(int device) {
    size_t sum = 0;
    for (const auto &[address, allocation] : allocations)
        if (allocation.kind == Kind::DEVICE && allocation.device == device) sum += allocation.bytes;
    return sum;
}

const Allocation *allocation_around(uintptr_t address, size_t bytes) {
    auto after = allocations.upper_bound(address);
    if (after == allocations.begin()) return nullptr;
    const auto &[start, allocation] = *std::prev(after);
    const bool holds = address - start < allocation.bytes && bytes <= allocation.bytes - (address - start);
    return holds ? &allocation : nullptr;
}

bool is_device(uintptr_t address) {
    const Allocation *found = allocation_around(address);
    return found && out_of_reach(*found);
}

bool is_pinned(uintptr_t address) {
    const Allocation *found = allocation_around(address);
    return found && !out_of_reach(*found);
}

static bool untouched(uintptr_t from, uintptr_t to) {  // less than two pages apart; asked after every launch
    static const std::string untouched_pages(2 * PAGE, char(UNTOUCHED));
    return !std::memcmp((const void *)from, untouched_pages.data(), to - from);
}

std::string overwritten_guard() {
    const DeviceAccess access;  // the last page's rest is a guard as well
    for (const auto &[address, of] : allocations) {
        if (!of.block) continue;
        const std::string where = "an allocation of " + std::to_string(of.bytes) + " bytes";
        if (!untouched(of.block, address)) return "a write before " + where;
        if (!untouched(address + of.bytes, of.block + of.block_bytes)) return "a write behind " + where;
    }
    return "";
}

void mend_guards() {
    const DeviceAccess access;
    for (const auto &[address, of] : allocations)
        if (of.block) paint_guards(of);
}

void apply_protection() {
    const bool reachable = !the.settings.protect || access_depth > 0;
    for (const auto &[address, allocation] : allocations)
        if (allocation.block) set_reach(allocation, reachable);
}

DeviceAccess::DeviceAccess() {
    if (++access_depth == 1 && the.settings.protect) apply_protection();
}

DeviceAccess::~DeviceAccess() {
    if (--access_depth == 0 && the.settings.protect) apply_protection();
}

}  // namespace mien

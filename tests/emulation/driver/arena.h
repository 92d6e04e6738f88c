// Memory behind device pointers: host memory at addresses that are not used again soon, with guards around it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace mien {

// BORROWED: OpenGL's memory, mapped. ABANDONED: pinned memory of a device that was lost; the host may still look at it.
enum class Kind { DEVICE, PINNED, REGISTERED, BORROWED, ABANDONED };

struct Allocation {
    size_t bytes;
    Kind kind;
    int device;
    uintptr_t block;  // the pages that hold it, guards included; 0 for REGISTERED: the application's own memory
    size_t block_bytes;
    uintptr_t serial;  // among handles: which came first
};

extern std::map<uintptr_t, Allocation> &allocations;  // by address

uintptr_t arena_start();
uintptr_t arena_end();

uintptr_t allocate(size_t bytes, Kind kind, int device);  // 0: out of memory
bool release(uintptr_t address, Kind kind);
bool adopt(uintptr_t address, size_t bytes);  // pinned memory that the application has allocated itself
void abandon(uintptr_t newer_than);  // the device that it was allocated on is gone
size_t used_bytes(int device);

const Allocation *allocation_around(uintptr_t address, size_t bytes = 1);  // nullptr unless one holds all of it
bool is_device(uintptr_t address);
bool is_pinned(uintptr_t address);

std::string overwritten_guard();  // which allocation was written past the ends of; "" if none
void mend_guards();

// Emulated work may touch device memory while one of these is alive; the host may not, if `Settings::protect`.
class DeviceAccess {
public:
    DeviceAccess();
    ~DeviceAccess();
};
void apply_protection();  // after the setting has changed

}  // namespace mien

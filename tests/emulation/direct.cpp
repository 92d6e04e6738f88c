/* Launch kernels on memory that a test names, without any driver: for tests of kernels alone, and for counting. */
#include <csetjmp>
#include <deque>
#include <vector>

#include "abi.h"

const MienRuntime *bound_runtime();

namespace {

std::deque<MienArray> arrays; /* the surface's handle is its place, from 1 on */
std::vector<MienAllocation> allocations;
std::jmp_buf launch_ends;
const char *reason;

const MienArray *surface(uint64_t handle) { return handle && handle <= arrays.size() ? &arrays[handle - 1] : nullptr; }

const MienTexture *texture(uint64_t) { return nullptr; }

MienAllocation allocation(const void *address, size_t bytes) {
    const auto first = reinterpret_cast<uintptr_t>(address);
    for (const MienAllocation &one : allocations)
        if (first >= one.start && first + bytes <= one.start + one.bytes) return one;
    return {0, 0, MIEN_NOT_CUDA};
}

void fault(const char *why) {
    reason = why;
    std::longjmp(launch_ends, 1);
}

const MienRuntime runtime = {surface, texture, allocation, 0, UINTPTR_MAX, fault};

} // namespace

extern "C" {

uint64_t direct_surface(unsigned char *data, size_t width, size_t height, int channels, int channel_bytes) {
    arrays.push_back({data, width, height, 0, channels, channel_bytes, channel_bytes == 1 ? 1 : 32, 1});
    return arrays.size();
}

void direct_memory(void *start, size_t bytes) {
    allocations.push_back({reinterpret_cast<uintptr_t>(start), bytes, MIEN_DEVICE_MEMORY});
}

/* Run a kernel; what it did wrong, or NULL. */
const char *direct_launch(int index, MienDim3 grid, MienDim3 block, void *const *arguments, MienTraffic *traffic) {
    int count = 0;
    const MienKernel *kernel = mien_kernels(&count) + index;
    const MienRuntime *const driver = bound_runtime(); /* which may use this library, too */
    mien_bind(&runtime);
    reason = nullptr;
    if (!setjmp(launch_ends)) kernel->launch(grid, block, 0, arguments, traffic);
    mien_bind(driver);
    return reason;
}
}

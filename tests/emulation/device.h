/* A GPU's threads on the CPU: the project's .cu files compile with g++ after this header and run as the driver says.
 *
 * Every thread of a block is a fiber with a stack of its own; a barrier passes control on. Blocks follow one another.
 * `load`, `store`, `load_surface` and `store_surface` (memory.cuh has them for the GPU) check each access against what
 * the driver has allocated, so that one byte beyond is a fault; and they count 32-byte sectors when asked to.
 *
 * A GPU's arithmetic differs in that it may fuse a multiplication with the addition after it; here nothing is fused.
 */
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "abi.h"

#define __global__
#define __device__
#define __host__
#define __constant__ static
#define __shared__ static
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __restrict__ __restrict

struct alignas(8) uint2 { unsigned x, y; };
struct uint3 { unsigned x, y, z; };
struct alignas(16) uint4 { unsigned x, y, z, w; };
struct alignas(16) float4 { float x, y, z, w; };
static inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
static inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }
static inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }

static uint3 threadIdx, blockIdx, blockDim, gridDim;
using std::max;
using std::min;

extern "C" void mien_switch(void **from, void *to); /* fibers.cpp: save registers, change the stack */

namespace emulation {

/* ---- counting: what a warp touches with one instruction ------------------------------------------------------- */

enum Kind { LOAD, STORE, SURFACE_LOAD, SURFACE_STORE, KINDS };

/* One sector that one thread touched. `site` is the instruction, `nth` how often this thread had come by before. */
struct Touch {
    const void *site;
    uint32_t nth;
    uint32_t kind;
    uint64_t sector;

    bool same_request(const Touch &other) const { return site == other.site && nth == other.nth; }
    bool operator==(const Touch &other) const { return same_request(other) && sector == other.sector; }
    bool operator<(const Touch &other) const {
        if (site != other.site) return site < other.site;
        return nth != other.nth ? nth < other.nth : sector < other.sector;
    }
};

struct Visits {
    const void *site;
    uint32_t count;
};

static MienTraffic *traffic;
static std::vector<Touch> touches[32]; /* by warp of the block */
static std::vector<Visits> visits[1024]; /* by thread */

static MienCount &count_of(uint32_t kind) {
    MienCount *const counts[KINDS] = {
        &traffic->loads, &traffic->stores, &traffic->surface_loads, &traffic->surface_stores};
    return *counts[kind];
}

static void touch(const void *site, Kind kind, uint64_t first, size_t bytes, int thread) {
    auto &mine = visits[thread];
    auto found = std::find_if(mine.begin(), mine.end(), [&](const Visits &one) { return one.site == site; });
    if (found == mine.end()) found = mine.insert(mine.end(), {site, 0});
    const uint32_t nth = found->count++;
    for (uint64_t sector = first / 32; sector <= (first + bytes - 1) / 32; ++sector)
        touches[thread / 32].push_back({site, nth, kind, sector});
    count_of(kind).bytes += bytes;
}

static void count_block() {
    for (auto &warp : touches) {
        std::sort(warp.begin(), warp.end());
        for (size_t i = 0; i < warp.size(); ++i) {
            if (i && warp[i] == warp[i - 1]) continue;
            count_of(warp[i].kind).sectors += 1;
            if (!i || !warp[i].same_request(warp[i - 1])) count_of(warp[i].kind).requests += 1;
        }
        warp.clear();
    }
    for (auto &thread : visits) thread.clear();
}

/* ---- fibers --------------------------------------------------------------------------------------------------- */

constexpr size_t STACK_BYTES = 64 * 1024;
enum State { RUNNING, AT_WARP, AT_BLOCK, DONE };

struct Fiber {
    void *stack_pointer;
    State state;
    uint3 index;
    uint64_t offered; /* to the other threads of its warp */
};

static const MienRuntime *runtime;
static std::vector<Fiber> fibers;
static std::vector<char> stacks;
static void *scheduler;
static int current;
static const char *broken; /* why the launch has to end */
static void (*body)(void *const *);
static void *const *body_arguments;

static void pause(State state) {
    Fiber &mine = fibers[current];
    mine.state = state;
    mien_switch(&mine.stack_pointer, scheduler);
}

static void enter() {
    body(body_arguments);
    pause(DONE);
}

/* End the launch. The driver is told from its own stack, once control is back there. */
[[noreturn]] static void fault(const char *why) {
    broken = why;
    pause(DONE);
    __builtin_unreachable();
}

static void start(int thread, uint3 block) {
    Fiber &fiber = fibers[thread];
    fiber.state = RUNNING;
    fiber.index = {thread % block.x, thread / block.x % block.y, thread / (block.x * block.y)};
    auto top = reinterpret_cast<uintptr_t>(stacks.data() + STACK_BYTES * (thread + 1)) & ~uintptr_t{15};
    void **stack = reinterpret_cast<void **>(top);
    *--stack = nullptr;
    *--stack = reinterpret_cast<void *>(&enter);
    fiber.stack_pointer = stack - 6; /* the six registers that mien_switch takes from the stack */
}

static bool run_ready() {
    bool any = false;
    for (size_t thread = 0; thread < fibers.size() && !broken; ++thread) {
        if (fibers[thread].state != RUNNING) continue;
        any = true;
        current = static_cast<int>(thread);
        threadIdx = fibers[thread].index;
        mien_switch(&scheduler, fibers[thread].stack_pointer);
    }
    return any;
}

/* Let warps go on whose threads have all arrived at a barrier (or ended); true if there was one. */
static bool release_warps() {
    bool any = false;
    for (size_t first = 0; first < fibers.size(); first += 32) {
        const auto begin = fibers.begin() + first, end = fibers.begin() + min(first + 32, fibers.size());
        const bool waits = std::any_of(begin, end, [](const Fiber &one) { return one.state == AT_WARP; });
        const bool all =
            std::all_of(begin, end, [](const Fiber &one) { return one.state == AT_WARP || one.state == DONE; });
        if (!waits || !all) continue;
        for (auto fiber = begin; fiber != end; ++fiber)
            if (fiber->state == AT_WARP) fiber->state = RUNNING;
        any = true;
    }
    return any;
}

static bool release_block() {
    bool any = false;
    for (Fiber &fiber : fibers) {
        if (fiber.state == AT_WARP) broken = "some threads of a warp never came to __syncwarp or __shfl_sync";
        if (fiber.state == AT_BLOCK) {
            fiber.state = RUNNING;
            any = true;
        }
    }
    return any;
}

static void run_block(uint3 block) {
    for (size_t thread = 0; thread < fibers.size(); ++thread) start(static_cast<int>(thread), block);
    while (!broken && (run_ready() || release_warps() || release_block())) continue;
    if (broken) {
        for (auto &warp : touches) warp.clear();
        for (auto &thread : visits) thread.clear();
    } else if (traffic) {
        count_block();
    }
}

static void run_grid(
    MienDim3 grid, MienDim3 block, void *const *arguments, MienTraffic *counts, void (*kernel)(void *const *)) {
    gridDim = {grid.x, grid.y, grid.z};
    blockDim = {block.x, block.y, block.z};
    fibers.resize(size_t{block.x} * block.y * block.z);
    stacks.resize(max(stacks.size(), fibers.size() * STACK_BYTES));
    body = kernel, body_arguments = arguments, traffic = counts, broken = nullptr;
    for (unsigned z = 0; z < grid.z && !broken; ++z)
        for (unsigned y = 0; y < grid.y && !broken; ++y)
            for (unsigned x = 0; x < grid.x && !broken; ++x) {
                blockIdx = {x, y, z};
                run_block(blockDim);
            }
    if (broken) runtime->fault(broken);
}

/* ---- memory --------------------------------------------------------------------------------------------------- */

struct Surface {
    uint64_t handle;
    const MienArray *array;
};

/* What this launch has asked the driver for already. */
static std::vector<MienAllocation> allocations;
static std::vector<Surface> surfaces;

static void check(uintptr_t address, size_t bytes, const char *why) {
    if (address % bytes) fault("misaligned access of global memory");
    for (const MienAllocation &one : allocations)
        if (address >= one.start && address + bytes <= one.start + one.bytes) return;
    const MienAllocation found = runtime->allocation(reinterpret_cast<const void *>(address), bytes);
    if (found.kind == MIEN_NOT_CUDA) fault(why);
    allocations.push_back(found);
}

static const MienArray &array_of(uint64_t handle) {
    for (const Surface &one : surfaces)
        if (one.handle == handle) return *one.array;
    const MienArray *array = runtime->surface(handle);
    if (!array) fault("a surface that does not exist, or whose array is not mapped");
    surfaces.push_back({handle, array});
    return *array;
}

/* Where a texel is in an array that lies in blocks of 64 bytes x 8 rows, each in sectors of 16 bytes x 2 rows: the
 * layout of the Tegra X1's Technical Reference Manual, pages 1187 and 1188. Only sectors are counted by it. */
static uint64_t block_linear(const MienArray &array, size_t row_bytes, size_t x, size_t y) {
    const uint64_t blocks = (row_bytes + 63) / 64, block = y / 8 * blocks + x / 64;
    const uint64_t in_block = x % 64 / 32 * 256 + y % 8 / 2 * 64 + x % 32 / 16 * 32 + y % 2 * 16 + x % 16;
    return reinterpret_cast<uintptr_t>(array.data) / 512 * 512 + block * 512 + in_block;
}

static unsigned char *texel(uint64_t handle, int x_bytes, int y, size_t bytes, Kind kind, const void *site) {
    const MienArray &array = array_of(handle);
    const size_t row = array.width * array.channels * array.channel_bytes;
    if (x_bytes < 0 || y < 0 || x_bytes + bytes > row || static_cast<size_t>(y) >= max(array.height, size_t{1}))
        fault("access beyond the edge of a surface");
    if (x_bytes % bytes) fault("misaligned access of a surface: x counts bytes");
    if (kind == SURFACE_STORE && !array.writable) fault("a store to a texture that is registered for reading");
    if (traffic) touch(site, kind, block_linear(array, row, x_bytes, y), bytes, current);
    return array.data + y * row + x_bytes;
}

} // namespace emulation

/* The return address of these four, inlined nowhere, tells one instruction of a kernel from another. */
template <class T>
[[gnu::noinline]] static T load(const T *from) {
    const auto address = reinterpret_cast<uintptr_t>(from);
    emulation::check(address, sizeof(T), "load from memory that is not CUDA's");
    if (emulation::traffic)
        emulation::touch(__builtin_return_address(0), emulation::LOAD, address, sizeof(T), emulation::current);
    return *from;
}

template <class T>
[[gnu::noinline]] static void store(T *to, T value) {
    const auto address = reinterpret_cast<uintptr_t>(to);
    emulation::check(address, sizeof(T), "store to memory that is not CUDA's");
    if (emulation::traffic)
        emulation::touch(__builtin_return_address(0), emulation::STORE, address, sizeof(T), emulation::current);
    *to = value;
}

template <class T>
[[gnu::noinline]] static T load_surface(unsigned long long surface, int x_bytes, int y) {
    const void *const site = __builtin_return_address(0);
    T value;
    std::memcpy(&value, emulation::texel(surface, x_bytes, y, sizeof(T), emulation::SURFACE_LOAD, site), sizeof(T));
    return value;
}

template <class T>
[[gnu::noinline]] static void store_surface(unsigned long long surface, int x_bytes, int y, T value) {
    const void *const site = __builtin_return_address(0);
    std::memcpy(emulation::texel(surface, x_bytes, y, sizeof(T), emulation::SURFACE_STORE, site), &value, sizeof(T));
}

/* ---- what CUDA C++ has built in: as much as the project's kernels use -------------------------------------------- */

static inline void __syncthreads() { emulation::pause(emulation::AT_BLOCK); }
static inline void __syncwarp(unsigned = ~0u) { emulation::pause(emulation::AT_WARP); }

template <class T>
static inline T __shfl_xor_sync(unsigned, T value, int mask) {
    static_assert(sizeof(T) <= 8, "registers are passed one at a time");
    auto &all = emulation::fibers;
    const int mine = emulation::current;
    std::memcpy(&all[mine].offered, &value, sizeof(T));
    __syncwarp();
    T theirs;
    std::memcpy(&theirs, &all[mine / 32 * 32 + ((mine % 32) ^ mask)].offered, sizeof(T));
    __syncwarp(); /* nobody offers the next value before everybody has taken this one */
    return theirs;
}

template <class T>
static inline T atomicAdd(T *to, T value) {
    emulation::check(reinterpret_cast<uintptr_t>(to), sizeof(T), "atomicAdd to memory that is not CUDA's");
    return std::exchange(*to, *to + value);
}

template <class T>
static inline T atomicMax(T *to, T value) {
    emulation::check(reinterpret_cast<uintptr_t>(to), sizeof(T), "atomicMax to memory that is not CUDA's");
    return std::exchange(*to, max(*to, value));
}

static inline float __uint_as_float(unsigned bits) { return __builtin_bit_cast(float, bits); }
static inline unsigned __float_as_uint(float value) { return __builtin_bit_cast(unsigned, value); }

/* ---- the table that the driver asks for -------------------------------------------------------------------------- */

namespace emulation {

template <auto Kernel>
struct Entry;

template <class... Arguments, void (*Kernel)(Arguments...)>
struct Entry<Kernel> {
    static constexpr int PARAMETERS = sizeof...(Arguments);
    static constexpr size_t SIZES[] = {sizeof(Arguments)..., 0};
    static constexpr size_t ALIGNMENTS[] = {alignof(Arguments)..., 0};

    template <size_t... I>
    static void call(void *const *arguments, std::index_sequence<I...>) {
        Kernel(*static_cast<std::remove_cv_t<Arguments> *>(arguments[I])...);
    }

    static void thread(void *const *arguments) { call(arguments, std::index_sequence_for<Arguments...>{}); }

    static void launch(MienDim3 grid, MienDim3 block, size_t, void *const *arguments, MienTraffic *counts) {
        allocations.clear();
        surfaces.clear();
        run_grid(grid, block, arguments, counts, &thread);
    }
};

template <auto Kernel>
constexpr MienKernel entry(const char *name) {
    return {name, &Entry<Kernel>::launch, Entry<Kernel>::PARAMETERS, Entry<Kernel>::SIZES, Entry<Kernel>::ALIGNMENTS};
}

} // namespace emulation

// How far two RGBA8 pictures are apart: in numbers, and as a picture of the error.
#include "inferno.cuh"
#include "pictures.cuh"

constexpr unsigned WHOLE_WARP = 0xffffffffu;
constexpr int WARPS = BLOCK_WIDTH * BLOCK_HEIGHT / 32;
constexpr int COMPONENTS = 4;

// What Python reads back; all 0 before the launch.
struct Result {
    unsigned long long sum;  // of the absolute differences of all components
    unsigned largest;        // of them
    unsigned differing;      // pixels that are not the same
};

// What one thread, then one warp, then one block has found; a block's numbers fit.
struct Found {
    unsigned sum, largest, differing;

    __device__ __forceinline__ void add(const Found &other) {
        sum += other.sum;
        largest = max(largest, other.largest);
        differing += other.differing;
    }

    __device__ __forceinline__ void add_whole_warp() {
#pragma unroll
        for (int lanes = 16; lanes > 0; lanes /= 2)
            add({__shfl_xor_sync(WHOLE_WARP, sum, lanes), __shfl_xor_sync(WHOLE_WARP, largest, lanes),
                 __shfl_xor_sync(WHOLE_WARP, differing, lanes)});
    }
};

// The differences of two pixels' components; returns the largest.
__device__ __forceinline__ unsigned compare(unsigned one, unsigned other, Found &found) {
    unsigned largest = 0;
#pragma unroll
    for (int i = 0; i < COMPONENTS; ++i) {
        const int a = (one >> (8 * i)) & 255, b = (other >> (8 * i)) & 255;
        const unsigned difference = a > b ? a - b : b - a;
        found.sum += difference;
        largest = max(largest, difference);
    }
    found.largest = max(found.largest, largest);
    found.differing += largest > 0;
    return largest;
}

__device__ __forceinline__ void add_block(Found found, Result *result) {
    __shared__ Found warps[WARPS];
    found.add_whole_warp();
    const int thread = threadIdx.y * BLOCK_WIDTH + threadIdx.x;
    if (thread % 32 == 0) warps[thread / 32] = found;
    __syncthreads();
    if (thread != 0) return;
#pragma unroll
    for (int warp = 1; warp < WARPS; ++warp) found.add(warps[warp]);
    if (found.differing == 0) return;
    atomicAdd(&result->sum, static_cast<unsigned long long>(found.sum));
    atomicMax(&result->largest, found.largest);
    atomicAdd(&result->differing, found.differing);
}

extern "C" __global__ void __launch_bounds__(BLOCK_WIDTH *BLOCK_HEIGHT) difference(
    address_t one, int one_pitch, address_t other, int other_pitch, address_t heat, int heat_pitch, int draws_heat,
    float gain, int wide, int width, int height, address_t result) {
    const int x = (blockIdx.x * BLOCK_WIDTH + threadIdx.x) * QUAD, y = blockIdx.y * BLOCK_HEIGHT + threadIdx.y;
    Found found = {0, 0, 0};
    if (x < width && y < height) {
        const Quad a = Picture{one, one_pitch}.quad_within(x, y, 0, width, wide);
        const Quad b = Picture{other, other_pitch}.quad_within(x, y, 0, width, wide);
        Quad colours = {};
#pragma unroll
        for (int i = 0; i < QUAD; ++i) {
            if (x + i >= width) break;
            const unsigned error = compare(a.pixel[i], b.pixel[i], found);
            if (draws_heat) colours.pixel[i] = INFERNO[to_byte(static_cast<float>(error) * gain)];
        }
        if (draws_heat) Picture{heat, heat_pitch}.set_quad_within(x, y, 0, width, wide, colours);
    }
    add_block(found, reinterpret_cast<Result *>(result));
}

// Kernels that do what tests of device.h want to see: good things, and what a GPU would not survive.
#include "memory.cuh"

extern "C" __global__ void strided(const float *from, float *to, int stride, int count) {
    const int i = blockIdx.x * 32 + threadIdx.x;
    if (i < count) store(to + i, load(from + i * stride));
}

extern "C" __global__ void store_at(float *to, int i) { store(to + i, 1.0f); }

extern "C" __global__ void store_between(byte *to) { store(reinterpret_cast<float *>(to + 2), 1.0f); }

extern "C" __global__ void load_pixel(address_t surface, int x_bytes, int y, unsigned *to) {
    store(to, load_surface<unsigned>(surface, x_bytes, y));
}

// Quads of a row of texels, `rows` rows a warp.
extern "C" __global__ void load_quads(address_t surface, int rows, uint4 *to) {
    const int across = 32 / rows, x = threadIdx.x % across, y = threadIdx.x / across;
    store(to + threadIdx.x, load_surface<uint4>(surface, x * 16, y));
}

extern "C" __global__ void half_a_warp_waits(float *to) {
    if (threadIdx.x < 16) __syncwarp();
    __syncthreads();
    store(to, 1.0f);
}

extern "C" __global__ void sum_of_block(const int *from, int *to) {
    __shared__ int sums[4];
    int sum = load(from + threadIdx.x);
    for (int lanes = 16; lanes > 0; lanes /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, lanes);
    if (threadIdx.x % 32 == 0) sums[threadIdx.x / 32] = sum;
    __syncthreads();
    if (threadIdx.x == 0) atomicAdd(to, sums[0] + sums[1] + sums[2] + sums[3]);
    if (threadIdx.x == 64) atomicMax(to + 1, sums[2]);
}

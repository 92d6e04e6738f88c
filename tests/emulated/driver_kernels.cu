// Kernels for the tests of the emulated driver itself: machine code comes from here, what runs is driver_kernels.cpp.
// (The product's kernels are compiled for the host from one source; see tests/emulation/host_kernels.py.)

extern "C" __global__ void scale_add(const float *from, float *to, float factor, int count) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) to[i] = from[i] * factor + 1.0f;
}

extern "C" __global__ void flip_surface(unsigned long long from, unsigned long long to, int width, int height) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    if (x < width && y < height) surf2Dwrite(surf2Dread<uchar4>(from, x * 4, height - 1 - y), to, x * 4, y);
}

extern "C" __global__ void fill_surface(unsigned long long to, int width, int height, int value) {
    const int x = blockIdx.x * blockDim.x + threadIdx.x, y = blockIdx.y * blockDim.y + threadIdx.y;
    const unsigned char v = (unsigned char)value;
    if (x < width && y < height) surf2Dwrite(make_uchar4(v, v, v, v), to, x * 4, y);
}

extern "C" __global__ void sample_texture(unsigned long long from, float *to) {
    *to = tex2D<float>(from, 0.5f, 0.5f);
}

extern "C" __global__ void write_at(float *to, long long index) { to[index] = 1.0f; }

extern "C" __global__ void not_built_for_the_host(int *to) { *to = 1; }

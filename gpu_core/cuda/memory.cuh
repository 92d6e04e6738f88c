// Access to global memory and surfaces, each a single instruction on a GPU.
//
// Kernels touch memory through these alone: compiled for the host (tests/emulation/device.h), the same names check
// every access against what is allocated, and count the 32-byte sectors that a warp touches.
#pragma once

typedef unsigned char byte;
typedef unsigned long long address_t;

#ifdef __CUDACC__
template <class T>
__device__ __forceinline__ T load(const T *from) {
    return *from;
}

template <class T>
__device__ __forceinline__ void store(T *to, T value) {
    *to = value;
}

// `x_bytes` is counted in bytes: surf2D does not scale it.
template <class T>
__device__ __forceinline__ T load_surface(address_t surface, int x_bytes, int y) {
    T value;
    surf2Dread(&value, surface, x_bytes, y);
    return value;
}

template <class T>
__device__ __forceinline__ void store_surface(address_t surface, int x_bytes, int y, T value) {
    surf2Dwrite(value, surface, x_bytes, y);
}
#endif

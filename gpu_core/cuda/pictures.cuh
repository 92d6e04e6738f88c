// Pictures of 4 bytes a pixel, RGBA8 or one float, behind a surface object or in rows of linear memory.
#pragma once
#include "memory.cuh"

constexpr int QUAD = 4;     // pixels that a thread takes at once: 16 bytes
constexpr int COLOURS = 3;  // red, green and blue come first, alpha after them

// Blocks are 16 x 8 threads, so that a warp has two rows of 16: in a texture, 16 bytes of two rows share a 32-byte
// sector. That is the block-linear layout of the Tegra X1's Technical Reference Manual ("16 bytes x 2 sector packing"),
// which Mesa's nouveau has for desktop GPUs as well; with any other layout, whole rows are not worse than before.
constexpr int BLOCK_WIDTH = 16, BLOCK_HEIGHT = 8;

struct Quad {
    unsigned pixel[QUAD];
};

// Where a picture is. A pitch of 0 means a surface: `address` is its handle. Which it is holds for the whole launch.
struct Picture {
    address_t address;
    int pitch;  // bytes from row to row

    __device__ __forceinline__ unsigned pixel(int x, int y) const {
        if (pitch == 0) return load_surface<unsigned>(address, x * 4, y);
        return load(reinterpret_cast<const unsigned *>(row(y)) + x);
    }

    // Four pixels at once; `x` is a multiple of 4, as are pitch and address of 16.
    __device__ __forceinline__ Quad quad(int x, int y) const {
        uint4 four;
        if (pitch == 0) {
            four = load_surface<uint4>(address, x * 4, y);
        } else {
            four = load(reinterpret_cast<const uint4 *>(row(y) + x * 4));
        }
        return {{four.x, four.y, four.z, four.w}};
    }

    // Four pixels of a row from `left` on that ends after `width`; what is beyond repeats the last one.
    __device__ __forceinline__ Quad quad_within(int x, int y, int left, int width, bool wide) const {
        if (wide && x + QUAD <= width) return quad(left + x, y);
        Quad four;
#pragma unroll
        for (int i = 0; i < QUAD; ++i) four.pixel[i] = pixel(left + min(x + i, width - 1), y);
        return four;
    }

    __device__ __forceinline__ void set_pixel(int x, int y, unsigned value) const {
        if (pitch == 0) {
            store_surface(address, x * 4, y, value);
        } else {
            store(reinterpret_cast<unsigned *>(row(y)) + x, value);
        }
    }

    __device__ __forceinline__ void set_quad(int x, int y, const Quad &four) const {
        const uint4 value = make_uint4(four.pixel[0], four.pixel[1], four.pixel[2], four.pixel[3]);
        if (pitch == 0) {
            store_surface(address, x * 4, y, value);
        } else {
            store(reinterpret_cast<uint4 *>(row(y) + x * 4), value);
        }
    }

    __device__ __forceinline__ void set_quad_within(
        int x, int y, int left, int width, bool wide, const Quad &four) const {
        if (wide && x + QUAD <= width) return set_quad(left + x, y, four);
#pragma unroll
        for (int i = 0; i < QUAD; ++i)
            if (x + i < width) set_pixel(left + x + i, y, four.pixel[i]);
    }

    __device__ __forceinline__ byte *row(int y) const {
        return reinterpret_cast<byte *>(address) + static_cast<long long>(y) * pitch;
    }
};

// A component of an RGBA8 pixel as 0..255; red is in the lowest byte.
__device__ __forceinline__ float component(unsigned pixel, int index) {
    return static_cast<float>((pixel >> (8 * index)) & 255u);
}

// Round to the nearest, with what does not fit saturated; NaN becomes 0.
__device__ __forceinline__ unsigned to_byte(float value) {
    return static_cast<unsigned>(rintf(fminf(fmaxf(value, 0.0f), 255.0f)));
}

// Components of 0..255 as one pixel.
__device__ __forceinline__ unsigned rgba(float red, float green, float blue, float alpha) {
    return to_byte(red) | to_byte(green) << 8 | to_byte(blue) << 16 | to_byte(alpha) << 24;
}

// The square of one face in a picture that holds a grid of them, filled row by row from row 0.
struct Face {
    int left, first_row, size;

    __device__ __forceinline__ Face(int face, int columns, int size)
        : left(face % columns * size), first_row(face / columns * size), size(size) {}

    // The picture's row for the face's row `y`, counted from its other end when flipped.
    __device__ __forceinline__ int row(int y, int flip) const { return first_row + (flip ? size - 1 - y : y); }
};

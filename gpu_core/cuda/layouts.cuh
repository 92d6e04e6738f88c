// How four neighbouring pixels of a tensor are read and written, one channel after the other.
//
// Both have the same form: `open` by the whole warp, then `get` or `put` for each channel, `close` by the whole warp.
#pragma once
#include "elements.cuh"
#include "pictures.cuh"

constexpr int ROW_PIXELS = BLOCK_WIDTH * QUAD;  // of the piece that a warp works on
constexpr int PIECE_ROWS = 2;
constexpr int WARPS = BLOCK_WIDTH * BLOCK_HEIGHT / 32;  // in a block

struct Shape {
    int channels, height, width;
};

// NCHW: a thread's four elements of a channel are neighbours in memory, and so are its neighbours' elements.
template <class Element, int MOST_CHANNELS>
struct Planar {
    typedef typename Element::Four Four;
    Four *at;  // channel 0
    long long plane;

    __device__ __forceinline__ Planar(address_t tensor, Shape shape, int face, int x, int y)
        : plane(static_cast<long long>(shape.height) * shape.width / QUAD) {
        at = reinterpret_cast<Four *>(tensor) + face * shape.channels * plane +
             (static_cast<long long>(y) * shape.width + x) / QUAD;
    }

    __device__ __forceinline__ void open() const {}
    __device__ __forceinline__ void close() const {}

    __device__ __forceinline__ void put(int channel, const float *values) const {
        store(at + channel * plane, Element::encode_four(values));
    }

    __device__ __forceinline__ void get(int channel, float *values) const {
        Element::decode_four(load(at + channel * plane), values);
    }
};

// NHWC: a thread's elements are scattered among its neighbours'. A warp gathers its piece of two rows in shared memory
// and passes it on as a whole, so that no sector of global memory is touched twice.
template <class Element, int MOST_CHANNELS>
struct Interleaved {
    typedef typename Element::Word Word;
    static constexpr int WORDS_PER_PIECE = PIECE_ROWS * ROW_PIXELS * MOST_CHANNELS * sizeof(Word) / 4;

    unsigned *global, *piece;  // where the warp's first row begins, there and in shared memory
    int words, pitch, row_words, rows, lane, channels;
    Word *mine;  // this thread's first element in shared memory

    __device__ __forceinline__ Interleaved(address_t tensor, Shape shape, int face, int x, int y)
        : channels(shape.channels) {
        __shared__ unsigned pieces[WARPS * WORDS_PER_PIECE];
        const int thread = threadIdx.y * BLOCK_WIDTH + threadIdx.x;
        const int first_x = x - threadIdx.x * QUAD, first_y = y - threadIdx.y % PIECE_ROWS;
        lane = thread % 32;
        piece = pieces + thread / 32 * WORDS_PER_PIECE;
        row_words = words_of(ROW_PIXELS);
        words = words_of(min(ROW_PIXELS, shape.width - first_x));
        pitch = words_of(shape.width);
        rows = min(PIECE_ROWS, shape.height - first_y);
        const long long first_row = static_cast<long long>(face) * shape.height + first_y;
        global = reinterpret_cast<unsigned *>(tensor) + first_row * pitch + words_of(first_x);
        mine = reinterpret_cast<Word *>(piece + (y - first_y) * row_words) + (x - first_x) * channels;
    }

    // Pixels come in fours, so that their elements fill whole words.
    __device__ __forceinline__ int words_of(int pixels) const {
        return pixels * channels * static_cast<int>(sizeof(Word)) / 4;
    }

    __device__ __forceinline__ void open() const {
        for (int row = 0; row < rows; ++row)
            for (int i = lane; i < words; i += 32) piece[row * row_words + i] = load(global + row * pitch + i);
        __syncwarp();
    }

    __device__ __forceinline__ void close() const {
        __syncwarp();
        for (int row = 0; row < rows; ++row)
            for (int i = lane; i < words; i += 32) store(global + row * pitch + i, piece[row * row_words + i]);
    }

    __device__ __forceinline__ void put(int channel, const float *values) const {
#pragma unroll
        for (int i = 0; i < QUAD; ++i) mine[i * channels + channel] = Element::encode(values[i]);
    }

    __device__ __forceinline__ void get(int channel, float *values) const {
#pragma unroll
        for (int i = 0; i < QUAD; ++i) values[i] = Element::decode(mine[i * channels + channel]);
    }
};

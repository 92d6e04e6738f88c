// Pictures into tensors and back where both have the same size: `pack` and `unpack`, a whole batch in one launch.
//
// A block is 16 x 8 threads of four pixels each; the grid's z is the face. Faces are squares of a multiple of 4 pixels;
// what is not goes through resize.cu. Every byte is read once and written once.
#include "layouts.cuh"
#include "packing.cuh"
#include "unpacking.cuh"

constexpr int MOST_INPUT_CHANNELS = DEPTH * COLOURS + 1;
constexpr int MOST_OUTPUT_CHANNELS = COLOURS + 1;

struct Thread {
    int x, y, face;

    __device__ __forceinline__ Thread()
        : x((blockIdx.x * BLOCK_WIDTH + threadIdx.x) * QUAD),
          y(blockIdx.y * BLOCK_HEIGHT + threadIdx.y),
          face(blockIdx.z) {}
};

template <class Layout>
__device__ __forceinline__ void pack_colours(const Packing &told, int input, const Quad &four, const Layout &out) {
#pragma unroll
    for (int channel = 0; channel < COLOURS; ++channel) {
        float values[QUAD];
#pragma unroll
        for (int i = 0; i < QUAD; ++i)
            values[i] = told.colour(input, channel, component(four.pixel[i], told.component_of(channel)));
        out.put(told.inputs[input].channel + channel, values);
    }
}

template <class Layout>
__device__ __forceinline__ void pack_depth(const Packing &told, const Quad &four, const Layout &out) {
    float values[QUAD];
#pragma unroll
    for (int i = 0; i < QUAD; ++i) values[i] = told.depth(__uint_as_float(four.pixel[i]));
    out.put(told.inputs[DEPTH].channel, values);
}

template <class Layout>
__device__ __forceinline__ void pack(const Packing &told) {
    const Thread at;
    const Layout out(told.tensor, {told.channels, told.height, told.width}, at.face, at.x, at.y);
    if (at.x < told.width && at.y < told.height) {
        const Face face(at.face, told.columns, told.size);
        Quad quads[INPUTS];  // all are asked for before the first is needed
#pragma unroll
        for (int input = 0; input < INPUTS; ++input)
            if (told.wants(input))
                quads[input] = told.inputs[input].picture.quad(face.left + at.x, face.row(at.y, told.flip));
#pragma unroll
        for (int input = 0; input < DEPTH; ++input)
            if (told.wants(input)) pack_colours(told, input, quads[input], out);
        if (told.wants(DEPTH)) pack_depth(told, quads[DEPTH], out);
    }
    out.close();
}

// The alpha of four pixels, from wherever it comes.
template <class Layout>
__device__ __forceinline__ void alpha_of(const Unpacking &told, const Layout &in, int x, int y, float *alpha) {
    if (told.alpha_from == ALPHA_OF_NETWORK) {
        in.get(COLOURS, alpha);
        for (int i = 0; i < QUAD; ++i) alpha[i] = told.value(COLOURS, alpha[i]);
        return;
    }
    Quad cover = {{~0u, ~0u, ~0u, ~0u}};
    if (told.alpha_from == ALPHA_OF_COVER) cover = told.cover.quad(x, y);
#pragma unroll
    for (int i = 0; i < QUAD; ++i) alpha[i] = component(cover.pixel[i], COLOURS) * (1.0f / 255.0f);
}

template <class Layout>
__device__ __forceinline__ void unpack(const Unpacking &told) {
    const Thread at;
    const Layout in(told.tensor, {told.channels, told.height, told.width}, at.face, at.x, at.y);
    in.open();
    if (at.x >= told.width || at.y >= told.height) return;
    const Face face(at.face, told.columns, told.size);
    const int x = face.left + at.x, y = face.row(at.y, told.flip);
    float colours[COLOURS][QUAD], alpha[QUAD];
#pragma unroll
    for (int channel = 0; channel < COLOURS; ++channel) in.get(channel, colours[channel]);
    alpha_of(told, in, x, y, alpha);
    Quad four;
#pragma unroll
    for (int i = 0; i < QUAD; ++i) {
        float covered[COLOURS];
#pragma unroll
        for (int channel = 0; channel < COLOURS; ++channel)
            covered[channel] = told.covered(told.value(channel, colours[channel][i]), alpha[i]);
        const float first = covered[0], last = covered[COLOURS - 1];
        four.pixel[i] = told.pixel(told.reversed ? last : first, covered[1], told.reversed ? first : last, alpha[i]);
    }
    told.target.set_quad(x, y, four);
}

#define PACK(NAME, LAYOUT, ELEMENT)                                                        \
    extern "C" __global__ void __launch_bounds__(BLOCK_WIDTH *BLOCK_HEIGHT) NAME(PACKING_PARAMETERS) { \
        pack<LAYOUT<ELEMENT, MOST_INPUT_CHANNELS>>(PACKING);                               \
    }
#define UNPACK(NAME, LAYOUT, ELEMENT)                                                      \
    extern "C" __global__ void __launch_bounds__(BLOCK_WIDTH *BLOCK_HEIGHT) NAME(UNPACKING_PARAMETERS) { \
        unpack<LAYOUT<ELEMENT, MOST_OUTPUT_CHANNELS>>(UNPACKING);                          \
    }

PACK(pack_nchw_float16, Planar, Half)
PACK(pack_nchw_float32, Planar, Float)
PACK(pack_nchw_uint8, Planar, Byte)
PACK(pack_nhwc_float16, Interleaved, Half)
PACK(pack_nhwc_float32, Interleaved, Float)
PACK(pack_nhwc_uint8, Interleaved, Byte)
UNPACK(unpack_nchw_float16, Planar, Half)
UNPACK(unpack_nchw_float32, Planar, Float)
UNPACK(unpack_nchw_uint8, Planar, Byte)
UNPACK(unpack_nhwc_float16, Interleaved, Half)
UNPACK(unpack_nhwc_float32, Interleaved, Float)
UNPACK(unpack_nhwc_uint8, Interleaved, Byte)

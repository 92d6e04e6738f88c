// Pictures into tensors and back where sizes differ, or are no multiples of 4: one thread a pixel, any layout.
//
// Sampling stays within a face: beyond its edge the last pixel is repeated, never the neighbouring face's.
#include "elements.cuh"
#include "packing.cuh"
#include "sampling.cuh"
#include "unpacking.cuh"

// On a multiprocessor, at least: up to 64 registers a thread. Left alone, the compiler spills on sm_86 to save a few.
constexpr int BLOCKS_AT_ONCE = 8;

struct Thread {
    int x, y, face;

    __device__ __forceinline__ Thread()
        : x(blockIdx.x * BLOCK_WIDTH + threadIdx.x), y(blockIdx.y * BLOCK_HEIGHT + threadIdx.y), face(blockIdx.z) {}
};

// An element's place in a tensor of any layout.
struct Strides {
    long long face;
    int channel, row, column;

    __device__ __forceinline__ Strides(int channels, int height, int width, int channels_last)
        : face(static_cast<long long>(channels) * height * width),
          channel(channels_last ? 1 : height * width),
          row(channels_last ? width * channels : width),
          column(channels_last ? channels : 1) {}

    __device__ __forceinline__ long long at(const Thread &at) const {
        return at.face * face + at.y * row + at.x * column;
    }
};

// Colours as 0..255, or a depth, of one pixel of the resized picture.
struct Sample {
    float value[COLOURS];
};

template <class Add>
__device__ __forceinline__ void sample(const Taps &columns, const Taps &rows, const Add &add) {
    for (int j = 0; j < rows.count; ++j) {
        const float of_row = rows.weight(j);
        for (int i = 0; i < columns.count; ++i)
            add(columns.neighbour(i), rows.neighbour(j), of_row * columns.weight(i));
    }
}

__device__ __forceinline__ Sample sample_colours(
    const Picture &picture, const Face &face, const Taps &columns, const Taps &rows) {
    Sample sum = {};
    sample(columns, rows, [&](int x, int y, float weight) {
        const unsigned pixel = picture.pixel(face.left + x, face.first_row + y);
#pragma unroll
        for (int i = 0; i < COLOURS; ++i) sum.value[i] += weight * component(pixel, i);
    });
#pragma unroll
    for (int i = 0; i < COLOURS; ++i) sum.value[i] = fminf(fmaxf(sum.value[i], 0.0f), 255.0f);  // bicubic overshoots
    return sum;
}

__device__ __forceinline__ float sample_depth(
    const Picture &picture, const Face &face, const Taps &columns, const Taps &rows) {
    float sum = 0.0f;
    sample(columns, rows, [&](int x, int y, float weight) {
        sum += weight * __uint_as_float(picture.pixel(face.left + x, face.first_row + y));
    });
    return sum;
}

template <class Element>
__device__ __forceinline__ void pack_resized(const Packing &told, int channels_last) {
    const Thread at;
    if (at.x >= told.width || at.y >= told.height) return;
    const Strides strides(told.channels, told.height, told.width, channels_last);
    const Face face(at.face, told.columns, told.size);
    const Taps columns(told.method, at.x, told.size, told.width);
    const Taps rows(told.method, told.flip ? told.height - 1 - at.y : at.y, told.size, told.height);
    typename Element::Word *out = reinterpret_cast<typename Element::Word *>(told.tensor) + strides.at(at);
#pragma unroll
    for (int input = 0; input < DEPTH; ++input) {
        if (!told.wants(input)) continue;
        const Sample pixel = sample_colours(told.inputs[input].picture, face, columns, rows);
#pragma unroll
        for (int channel = 0; channel < COLOURS; ++channel) {
            const float component = told.reversed ? pixel.value[COLOURS - 1 - channel] : pixel.value[channel];
            store(out + (told.inputs[input].channel + channel) * strides.channel,
                  Element::encode(told.colour(input, channel, component)));
        }
    }
    if (told.wants(DEPTH)) {
        const float depth = sample_depth(told.inputs[DEPTH].picture, face, columns, rows);
        store(out + told.inputs[DEPTH].channel * strides.channel, Element::encode(told.depth(depth)));
    }
}

// One pixel of the tensor, as colours in its own order and alpha.
template <class Element>
struct TensorPixels {
    const Unpacking &told;
    const Strides strides;
    const typename Element::Word *face;

    __device__ __forceinline__ TensorPixels(const Unpacking &told, int channels_last, int index)
        : told(told),
          strides(told.channels, told.height, told.width, channels_last),
          face(reinterpret_cast<const typename Element::Word *>(told.tensor) + index * strides.face) {}

    __device__ __forceinline__ float value(int channel, int x, int y) const {
        const long long at = y * strides.row + x * strides.column + channel * strides.channel;
        return told.value(channel, Element::decode(load(face + at)));
    }
};

// Add one weighted pixel: covered by its own alpha, if it has one, and saturated as its bytes would be.
template <class Element>
__device__ __forceinline__ void add_pixel(
    const Unpacking &told, const TensorPixels<Element> &in, int x, int y, float weight, float *sum) {
    float colours[COLOURS];
#pragma unroll
    for (int channel = 0; channel < COLOURS; ++channel) colours[channel] = in.value(channel, x, y);
    if (told.alpha_from == ALPHA_OF_NETWORK) {
        const float alpha = in.value(COLOURS, x, y);
#pragma unroll
        for (int channel = 0; channel < COLOURS; ++channel)
            colours[channel] = within_unit(told.covered(colours[channel], alpha));
        sum[COLOURS] += weight * within_unit(alpha);
    }
#pragma unroll
    for (int channel = 0; channel < COLOURS; ++channel) sum[channel] += weight * colours[channel];
}

template <class Element>
__device__ __forceinline__ void unpack_resized(const Unpacking &told, int channels_last) {
    const Thread at;
    if (at.x >= told.size || at.y >= told.size) return;
    const Face face(at.face, told.columns, told.size);
    const int x = face.left + at.x, y = face.row(at.y, told.flip);
    const TensorPixels<Element> in(told, channels_last, at.face);
    float sum[COLOURS + 1] = {};
    const Taps columns(told.method, at.x, told.width, told.size), rows(told.method, at.y, told.height, told.size);
    sample(columns, rows, [&](int u, int v, float weight) { add_pixel(told, in, u, v, weight, sum); });
    float alpha = sum[COLOURS], covered[COLOURS];
    if (told.alpha_from == ALPHA_OF_COVER) alpha = component(told.cover.pixel(x, y), COLOURS) * (1.0f / 255.0f);
    if (told.alpha_from == OPAQUE) alpha = 1.0f;
#pragma unroll
    for (int channel = 0; channel < COLOURS; ++channel) {
        const bool done = told.alpha_from == ALPHA_OF_NETWORK;
        covered[channel] = done ? fminf(fmaxf(sum[channel], 0.0f), alpha) : told.covered(sum[channel], alpha);
    }
    const float first = covered[0], last = covered[COLOURS - 1];
    const float red = told.reversed ? last : first, blue = told.reversed ? first : last;
    told.target.set_pixel(x, y, told.pixel(red, covered[1], blue, alpha));
}

#define PACK_RESIZED(NAME, ELEMENT)                                                                 \
    extern "C" __global__ void __launch_bounds__(BLOCK_WIDTH *BLOCK_HEIGHT, BLOCKS_AT_ONCE)            \
        NAME(PACKING_PARAMETERS, int channels_last) {                                               \
        pack_resized<ELEMENT>(PACKING, channels_last);                                              \
    }
#define UNPACK_RESIZED(NAME, ELEMENT)                                                               \
    extern "C" __global__ void __launch_bounds__(BLOCK_WIDTH *BLOCK_HEIGHT, BLOCKS_AT_ONCE)            \
        NAME(UNPACKING_PARAMETERS, int channels_last) {                                             \
        unpack_resized<ELEMENT>(UNPACKING, channels_last);                                          \
    }

PACK_RESIZED(pack_resized_float16, Half)
PACK_RESIZED(pack_resized_float32, Float)
PACK_RESIZED(pack_resized_uint8, Byte)
UNPACK_RESIZED(unpack_resized_float16, Half)
UNPACK_RESIZED(unpack_resized_float32, Float)
UNPACK_RESIZED(unpack_resized_uint8, Byte)

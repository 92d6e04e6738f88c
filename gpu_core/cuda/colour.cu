// Between RGBA pictures and frames of video, 4:2:0: NV12 and I420, BT.601 and BT.709, limited and full range.
//
// A block is 16 x 8 threads of four pixels each, so that a warp has two rows: its halves exchange what they know of a
// colour that belongs to two by two pixels, and every byte is read once and written once. Colours are means of two by
// two, and are repeated for two by two; at an odd edge the last pixel counts twice.
#include "pictures.cuh"

constexpr unsigned WHOLE_WARP = 0xffffffffu;
constexpr int LANES_PER_ROW = BLOCK_WIDTH;

// How a frame's planes lie. NV12: one plane of blue and red differences by turns; I420: a plane of each.
struct Frame {
    byte *luma, *blue, *red;
    int luma_pitch, chroma_pitch;  // bytes from row to row
    int step;                      // bytes from one difference to its neighbour: 2 in NV12, 1 in I420
    bool wide;                     // rows begin on multiples of 4 bytes, differences of I420 on multiples of 2
};

// Y' = kr R' + kg G' + kb B'; the differences are scaled to the same range: ITU-R BT.601-7 and BT.709-6, both 2.5, 3.
// Limited range is 16..235 and 16..240 of 0..255 (the same, their quantisation); full range is JFIF's (ITU-T T.871).
struct Matrix {
    float red, blue;               // kr and kb
    float luma_scale, luma_least;  // of 0..255
    float chroma_scale;

    __device__ __forceinline__ Matrix(int bt709, int full_range)
        : red(bt709 ? 0.2126f : 0.299f),
          blue(bt709 ? 0.0722f : 0.114f),
          luma_scale(full_range ? 1.0f : 219.0f / 255.0f),
          luma_least(full_range ? 0.0f : 16.0f),
          chroma_scale(full_range ? 1.0f : 224.0f / 255.0f) {}

    __device__ __forceinline__ float green() const { return 1.0f - red - blue; }
};

constexpr float CHROMA_MIDDLE = 128.0f;

// One pixel's luma and its two differences around 0.
struct Yuv {
    float luma, blue, red;

    __device__ __forceinline__ Yuv(const Matrix &by, const float *rgb) {
        const float grey = by.red * rgb[0] + by.green() * rgb[1] + by.blue * rgb[2];
        luma = grey * by.luma_scale + by.luma_least;
        blue = (rgb[2] - grey) * (by.chroma_scale * 0.5f / (1.0f - by.blue));
        red = (rgb[0] - grey) * (by.chroma_scale * 0.5f / (1.0f - by.red));
    }
};

// A premultiplied pixel over a background, 0..255.
__device__ __forceinline__ Yuv over(const Matrix &by, unsigned pixel, const float *background) {
    const float rest = 1.0f - component(pixel, COLOURS) * (1.0f / 255.0f);
    float rgb[COLOURS];
#pragma unroll
    for (int i = 0; i < COLOURS; ++i) rgb[i] = fminf(component(pixel, i) + background[i] * rest, 255.0f);
    return Yuv(by, rgb);
}

__device__ __forceinline__ void store_luma(const Frame &frame, int x, int y, int width, const unsigned *luma) {
    byte *to = frame.luma + static_cast<long long>(y) * frame.luma_pitch + x;
    if (frame.wide && x + QUAD <= width) {
        store(reinterpret_cast<unsigned *>(to), luma[0] | luma[1] << 8 | luma[2] << 16 | luma[3] << 24);
        return;
    }
#pragma unroll
    for (int i = 0; i < QUAD; ++i)
        if (x + i < width) store(to + i, static_cast<byte>(luma[i]));
}

// Two neighbouring colours, from column `x` of the chroma planes on.
__device__ __forceinline__ void store_chroma(
    const Frame &frame, int x, int y, int width, const unsigned *blue, const unsigned *red) {
    const long long at = static_cast<long long>(y) * frame.chroma_pitch + x * frame.step;
    if (frame.wide && x + 2 <= width && frame.step == 2) {
        store(reinterpret_cast<unsigned *>(frame.blue + at), blue[0] | red[0] << 8 | blue[1] << 16 | red[1] << 24);
        return;
    }
    if (frame.wide && x + 2 <= width) {
        store(reinterpret_cast<unsigned short *>(frame.blue + at), static_cast<unsigned short>(blue[0] | blue[1] << 8));
        store(reinterpret_cast<unsigned short *>(frame.red + at), static_cast<unsigned short>(red[0] | red[1] << 8));
        return;
    }
#pragma unroll
    for (int i = 0; i < 2; ++i) {
        if (x + i >= width) return;
        store(frame.blue + at + i * frame.step, static_cast<byte>(blue[i]));
        store(frame.red + at + i * frame.step, static_cast<byte>(red[i]));
    }
}

// The sum of this lane's value and of the one in the other row.
__device__ __forceinline__ float both_rows(float value) {
    return value + __shfl_xor_sync(WHOLE_WARP, value, LANES_PER_ROW);
}

extern "C" __global__ void __launch_bounds__(BLOCK_WIDTH *BLOCK_HEIGHT) encode_420(
    address_t source, int source_pitch, int left, int bottom, int flip, int wide, int width, int height,
    address_t luma, address_t blue, address_t red, int luma_pitch, int chroma_pitch, int step, int frame_wide,
    int bt709, int full_range, float background_red, float background_green, float background_blue) {
    const Frame frame = {reinterpret_cast<byte *>(luma), reinterpret_cast<byte *>(blue), reinterpret_cast<byte *>(red),
                         luma_pitch, chroma_pitch, step, frame_wide != 0};
    const Matrix by(bt709, full_range);
    const float background[COLOURS] = {background_red, background_green, background_blue};
    const int x = (blockIdx.x * BLOCK_WIDTH + threadIdx.x) * QUAD, y = blockIdx.y * BLOCK_HEIGHT + threadIdx.y;
    // Threads beyond an edge repeat the last pixel: a neighbour may need it, and all take part in the exchange.
    const int row = min(y, height - 1);
    const Quad four = Picture{source, source_pitch}.quad_within(
        min(x, width - 1), bottom + (flip ? height - 1 - row : row), left, width, wide);
    unsigned lumas[QUAD], blues[2], reds[2];
    float blue_sum[2] = {}, red_sum[2] = {};
#pragma unroll
    for (int i = 0; i < QUAD; ++i) {
        const Yuv yuv = over(by, four.pixel[i], background);
        lumas[i] = to_byte(yuv.luma);
        blue_sum[i / 2] += yuv.blue;
        red_sum[i / 2] += yuv.red;
    }
#pragma unroll
    for (int i = 0; i < 2; ++i) {
        blues[i] = to_byte(CHROMA_MIDDLE + 0.25f * both_rows(blue_sum[i]));
        reds[i] = to_byte(CHROMA_MIDDLE + 0.25f * both_rows(red_sum[i]));
    }
    if (y < height) store_luma(frame, x, y, width, lumas);
    if (y < height && y % 2 == 0) store_chroma(frame, x / 2, y / 2, (width + 1) / 2, blues, reds);
}

__device__ __forceinline__ void load_luma(const Frame &frame, int x, int y, int width, float *luma) {
    const byte *from = frame.luma + static_cast<long long>(y) * frame.luma_pitch + x;
    if (frame.wide && x + QUAD <= width) {
        const unsigned four = load(reinterpret_cast<const unsigned *>(from));
#pragma unroll
        for (int i = 0; i < QUAD; ++i) luma[i] = component(four, i);
        return;
    }
#pragma unroll
    for (int i = 0; i < QUAD; ++i)
        if (x + i < width) luma[i] = load(from + i);
}

__device__ __forceinline__ void load_chroma(const Frame &frame, int x, int y, int width, float *blue, float *red) {
    const long long at = static_cast<long long>(y) * frame.chroma_pitch + x * frame.step;
    if (frame.wide && x + 2 <= width) {
        unsigned pairs;
        if (frame.step == 2) {
            pairs = load(reinterpret_cast<const unsigned *>(frame.blue + at));
        } else {
            const unsigned blues = load(reinterpret_cast<const unsigned short *>(frame.blue + at));
            const unsigned reds = load(reinterpret_cast<const unsigned short *>(frame.red + at));
            pairs = (blues & 255u) | (reds & 255u) << 8 | (blues >> 8) << 16 | (reds >> 8) << 24;
        }
#pragma unroll
        for (int i = 0; i < 2; ++i) {
            blue[i] = component(pairs, 2 * i);
            red[i] = component(pairs, 2 * i + 1);
        }
        return;
    }
#pragma unroll
    for (int i = 0; i < 2; ++i) {
        if (x + i >= width) return;
        blue[i] = load(frame.blue + at + i * frame.step);
        red[i] = load(frame.red + at + i * frame.step);
    }
}

__device__ __forceinline__ unsigned opaque(const Matrix &by, float luma, float blue, float red) {
    const float grey = (luma - by.luma_least) / by.luma_scale;
    const float r = grey + (red - CHROMA_MIDDLE) * (2.0f * (1.0f - by.red) / by.chroma_scale);
    const float b = grey + (blue - CHROMA_MIDDLE) * (2.0f * (1.0f - by.blue) / by.chroma_scale);
    return rgba(r, (grey - by.red * r - by.blue * b) / by.green(), b, 255.0f);
}

extern "C" __global__ void __launch_bounds__(BLOCK_WIDTH *BLOCK_HEIGHT) decode_420(
    address_t luma, address_t blue, address_t red, int luma_pitch, int chroma_pitch, int step, int frame_wide,
    int bt709, int full_range, address_t target, int target_pitch, int left, int bottom, int flip, int wide, int width,
    int height) {
    const Frame frame = {reinterpret_cast<byte *>(luma), reinterpret_cast<byte *>(blue), reinterpret_cast<byte *>(red),
                         luma_pitch, chroma_pitch, step, frame_wide != 0};
    const Matrix by(bt709, full_range);
    const int x = (blockIdx.x * BLOCK_WIDTH + threadIdx.x) * QUAD, y = blockIdx.y * BLOCK_HEIGHT + threadIdx.y;
    if (x >= width || y >= height) return;
    float lumas[QUAD] = {}, blues[2] = {}, reds[2] = {};
    load_luma(frame, x, y, width, lumas);
    load_chroma(frame, x / 2, y / 2, (width + 1) / 2, blues, reds);
    Quad four;
#pragma unroll
    for (int i = 0; i < QUAD; ++i) four.pixel[i] = opaque(by, lumas[i], blues[i / 2], reds[i / 2]);
    Picture{target, target_pitch}.set_quad_within(x, bottom + (flip ? height - 1 - y : y), left, width, wide, four);
}

// Where a resized picture's pixel takes its value from, along one axis: neighbours and their weights.
//
// All positions are fractions of whole numbers, so that nothing depends on how a GPU rounds. The methods are OpenCV's
// (modules/imgproc/src/resize.cpp), with its names: INTER_NEAREST, INTER_LINEAR, INTER_AREA, INTER_CUBIC.
#pragma once

// AREA_GROWING: what OpenCV's INTER_AREA does to both axes as soon as one of them does not shrink.
enum { NEAREST, BILINEAR, AREA, BICUBIC, AREA_GROWING };

__device__ __forceinline__ int floor_divide(int value, int by) {
    return value >= 0 ? value / by : -((by - 1 - value) / by);
}

// Keys' cubic kernel with a = -0.75, as OpenCV has it; `distance` is 0..2.
__device__ __forceinline__ float cubic(float distance) {
    constexpr float a = -0.75f;
    const float d = distance;
    if (d <= 1.0f) return ((a + 2.0f) * d - (a + 3.0f)) * d * d + 1.0f;
    return ((a * d - 5.0f * a) * d + 8.0f * a) * d - 4.0f * a;
}

struct Taps {
    int method, first, count;
    int begin, from, to;  // AREA: the pixel covers [begin, begin + from), where a neighbour covers `to`
    float fraction;       // the others: how far the position is beyond its first neighbour, 0..1
    float inverse;        // 1 / from: a division costs more than all the rest

    // Pixel `index` of `to` from a row of `from` pixels. Sizes are at most 8192: their products fit an int.
    __device__ __forceinline__ Taps(int method, int index, int from, int to)
        : method(method),
          first(0),
          count(1),
          begin(index * from),
          from(from),
          to(to),
          fraction(0.0f),
          inverse(1.0f / from) {
        if (method == AREA) {
            first = begin / to;
            count = (begin + from + to - 1) / to - first;
        } else if (method == NEAREST) {
            first = begin / to;
        } else if (method == AREA_GROWING) {
            first = begin / to;
            count = 2;
            fraction = fmaxf(0.0f, static_cast<float>((index + 1) * from - (first + 1) * to) * inverse);
            fraction -= floorf(fraction);
        } else {  // centres lie over centres
            const int twice = (2 * index + 1) * from - to;
            first = floor_divide(twice, 2 * to);
            fraction = static_cast<float>(twice - first * 2 * to) / (2 * to);
            count = 2;
            if (method == BICUBIC) {
                --first;
                count = 4;
            }
        }
    }

    __device__ __forceinline__ float weight(int tap) const {
        if (method == AREA) {
            const int low = max(begin, (first + tap) * to), high = min(begin + from, (first + tap + 1) * to);
            return static_cast<float>(high - low) * inverse;
        }
        if (method == NEAREST) return 1.0f;
        if (method == BICUBIC) return cubic(fabsf(tap - 1 - fraction));
        return tap == 0 ? 1.0f - fraction : fraction;
    }

    // The neighbour's index; beyond an end the last one is repeated.
    __device__ __forceinline__ int neighbour(int tap) const { return min(max(first + tap, 0), from - 1); }
};

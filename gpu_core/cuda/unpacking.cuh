// What `unpack` is told: how a tensor's values become colours and alpha, and what they are laid over.
#pragma once
#include "pictures.cuh"

enum { ALPHA_OF_NETWORK, ALPHA_OF_COVER, OPAQUE };

__device__ __forceinline__ float within_unit(float value) { return fminf(fmaxf(value, 0.0f), 1.0f); }

struct Unpacking {
    address_t tensor;
    int channels, height, width;  // of the tensor
    Picture target, cover;        // cover: the render image, if alpha is its
    int size, columns;            // of a face, and in the grid of faces
    int flip, reversed;           // rows; blue before red
    int alpha_from, straight;     // straight: colours have not been multiplied by alpha yet
    int method;                   // of sampling
    int over_background;
    float background[COLOURS];                     // 0..1
    float scale[COLOURS + 1], bias[COLOURS + 1];  // of the colours in the tensor's order, then of alpha

    // A value of the tensor, 0..1 unless the network overshoots.
    __device__ __forceinline__ float value(int channel, float raw) const {
        return raw * scale[channel] + bias[channel];
    }

    // Premultiplied and no brighter than its alpha; a value that is not a number becomes 0.
    __device__ __forceinline__ float covered(float colour, float alpha) const {
        return fminf(fmaxf(straight ? colour * alpha : colour, 0.0f), alpha);
    }

    // One finished pixel, from colours as `covered` leaves them.
    __device__ __forceinline__ unsigned pixel(float red, float green, float blue, float alpha) const {
        if (over_background) {
            const float rest = 1.0f - within_unit(alpha);
            red = within_unit(red) + background[0] * rest;
            green = within_unit(green) + background[1] * rest;
            blue = within_unit(blue) + background[2] * rest;
            alpha = 1.0f;
        }
        return rgba(255.0f * red, 255.0f * green, 255.0f * blue, 255.0f * alpha);
    }
};

#define UNPACKING_PARAMETERS                                                                             \
    address_t tensor, int channels, int height, int width, address_t target, int target_pitch,          \
        address_t cover, int cover_pitch, int size, int columns, int flip, int reversed,                \
        int alpha_from, int straight, int method, int over_background, float background_red,            \
        float background_green, float background_blue, float scale_0, float scale_1, float scale_2,     \
        float scale_alpha, float bias_0, float bias_1, float bias_2, float bias_alpha

#define UNPACKING                                                                                        \
    Unpacking {                                                                                         \
        tensor, channels, height, width, {target, target_pitch}, {cover, cover_pitch}, size, columns,   \
            flip, reversed, alpha_from, straight, method, over_background,                              \
            {background_red, background_green, background_blue},                                        \
            {scale_0, scale_1, scale_2, scale_alpha}, {bias_0, bias_1, bias_2, bias_alpha}              \
    }

// What `pack` is told: which pictures become which channels of a tensor, and how their values are normalised.
#pragma once
#include "pictures.cuh"
#include "transfer.cuh"

enum { TEXTURE, RENDER, NORMAL, DEPTH, INPUTS };

struct Input {
    Picture picture;
    int channel;  // its first one in the tensor; -1 if the network does not want it
};

struct Packing {
    Input inputs[INPUTS];
    address_t tensor;
    int channels, height, width;    // of the tensor
    int size, columns;              // of a face, and in the grid of faces
    int flip, reversed, linear;     // rows; blue before red; light instead of sRGB
    int method;                     // of sampling
    float scale[COLOURS + 1], bias[COLOURS + 1];  // of the colours in the tensor's order, then of depth

    __device__ __forceinline__ bool wants(int input) const { return inputs[input].channel >= 0; }

    // A colour's channel, from its component 0..255.
    __device__ __forceinline__ float colour(int input, int channel, float value) const {
        const bool is_light = linear && input != NORMAL;  // normals are no colours
        if (is_light) value = 255.0f * linear_light(value * (1.0f / 255.0f));
        return value * scale[channel] + bias[channel];
    }

    __device__ __forceinline__ float depth(float value) const { return value * scale[COLOURS] + bias[COLOURS]; }

    // The component of a pixel that becomes a channel.
    __device__ __forceinline__ int component_of(int channel) const {
        return reversed ? COLOURS - 1 - channel : channel;
    }
};

// Kernels take scalars alone: what Python passes is checked against the machine code one by one.
#define PACKING_PARAMETERS                                                                              \
    address_t texture, int texture_pitch, int texture_channel, address_t render, int render_pitch,      \
        int render_channel, address_t normal, int normal_pitch, int normal_channel, address_t depth,    \
        int depth_pitch, int depth_channel, address_t tensor, int channels, int height, int width,      \
        int size, int columns, int flip, int reversed, int linear, int method, float scale_0,           \
        float scale_1, float scale_2, float scale_depth, float bias_0, float bias_1, float bias_2,      \
        float bias_depth

#define PACKING                                                                                         \
    Packing {                                                                                           \
        {{{texture, texture_pitch}, texture_channel},                                                   \
         {{render, render_pitch}, render_channel},                                                      \
         {{normal, normal_pitch}, normal_channel},                                                      \
         {{depth, depth_pitch}, depth_channel}},                                                        \
            tensor, channels, height, width, size, columns, flip, reversed, linear, method,             \
            {scale_0, scale_1, scale_2, scale_depth}, {bias_0, bias_1, bias_2, bias_depth}              \
    }

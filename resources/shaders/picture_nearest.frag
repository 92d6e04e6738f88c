#version 330 core
#include "picture.glsl"

// Texel by texel, for whole multiples of the picture's size.
void main() {
    colour = opacity * texelFetch(picture, ivec2(origin + clamp(floor(at * size), vec2(0.0), vec2(size - 1.0))), 0);
}

#version 330 core
#include "picture.glsl"

// Reduced: the mean of the pixel's footprint from four linear taps, each of which covers two texels by two. Enough down
// to a quarter of the size; a loop with as many taps as it takes is four times slower on a software rasteriser.
void main() {
    vec2 position = at * size;
    float aside = 0.25 * texels;
    colour = opacity * 0.25 * (tap(position + vec2(-aside, -aside)) + tap(position + vec2(aside, -aside))
                     + tap(position + vec2(-aside, aside)) + tap(position + vec2(aside, aside)));
}

#version 330 core
#include "picture.glsl"

// Enlarged: Catmull-Rom in five linear taps. The two middle weights of each axis are fetched as one, and the corners,
// whose weights are below one percent, are left out and made up for by the division.
void main() {
    vec2 position = at * size;
    vec2 centre = floor(position - 0.5) + 0.5;
    vec2 f = position - centre;
    vec2 w0 = f * (-0.5 + f * (1.0 - 0.5 * f));
    vec2 w1 = 1.0 + f * f * (-2.5 + 1.5 * f);
    vec2 w2 = f * (0.5 + f * (2.0 - 1.5 * f));
    vec2 w3 = f * f * (-0.5 + 0.5 * f);
    vec2 w12 = w1 + w2;
    vec2 middle = centre + w2 / w12;
    float left = w0.x * w12.y, right = w3.x * w12.y, below = w0.y * w12.x, above = w3.y * w12.x, inner = w12.x * w12.y;
    vec4 sum = tap(middle) * inner
             + tap(vec2(centre.x - 1.0, middle.y)) * left + tap(vec2(centre.x + 2.0, middle.y)) * right
             + tap(vec2(middle.x, centre.y - 1.0)) * below + tap(vec2(middle.x, centre.y + 2.0)) * above;
    colour = clamp(sum / (inner + left + right + below + above), 0.0, 1.0);
    colour.rgb = min(colour.rgb, colour.a);  // ringing must leave a premultiplied colour
    colour *= opacity;
}

#version 330 core
// Lashes and single hairs: the width they lack as alpha, premultiplied, blended over what is there.
#include "strand.glsl"

void main() {
    // The exact overlap of a strip of half width `half_pixels` with a pixel one wide, `across` away.
    float coverage = min(across + 0.5, half_pixels) - max(across - 0.5, -half_pixels);
    if (coverage < 0.02) discard;
    coverage = min(coverage, 1.0);
    texture_image = vec4(strand_colour, 1.0) * coverage;
    render_image = vec4(lit_strand(), 1.0) * coverage;
}

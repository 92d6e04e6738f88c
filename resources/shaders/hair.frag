#version 330 core
// Locks of hair: opaque, so that hidden ones cost nothing (early depth test, front layers first).
#include "strand.glsl"

void main() {
    texture_image = vec4(strand_colour, 1.0);
    render_image = vec4(lit_strand(), 1.0);
}

#version 330 core
// The number of the piece of hair that shows: two triangles are a piece, and no piece is 0.
layout(location = 0) out vec4 number;

void main() {
    int piece = gl_PrimitiveID / 2 + 1;
    number = vec4(piece & 255, piece >> 8 & 255, piece >> 16 & 255, 255) / 255.0;
}

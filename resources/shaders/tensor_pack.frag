#version 330 core
// Two pictures as the planes of a tensor, one above the other: rows 0..size-1 are plane 0. The top row comes first.
uniform sampler2D pictures[2];
uniform ivec2 origin;  // of this face in its pictures
uniform int size;      // of the picture and of a plane
uniform bool swapped;  // blue first
uniform vec3 scale;    // 1 / deviation, in the tensor's own order
uniform vec3 offset;   // mean / deviation
layout(location = 0) out float value;

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    int plane = at.y / size, channel = plane % 3;
    ivec2 from = origin + ivec2(at.x, size - 1 - at.y % size);
    // No sampler may be chosen by a value that differs between fragments: OpenGL 3.3.
    vec4 picture = plane < 3 ? texelFetch(pictures[0], from, 0) : texelFetch(pictures[1], from, 0);
    int component = swapped ? 2 - channel : channel;
    value = picture[component] * scale[channel] - offset[channel];
}

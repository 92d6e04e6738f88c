#version 330 core
// A tensor's planes, one above the other with the top row first, as a premultiplied picture; see pixels.unpack.
uniform sampler2D planes;
uniform sampler2D cover;  // the render image: its alpha stands in where the network makes none
uniform ivec2 origin;     // of this face in the picture
uniform int size;
uniform bool swapped;
uniform bool has_alpha;
uniform bool premultiplied;
uniform vec4 scale;   // deviation: red, green, blue, alpha
uniform vec4 offset;  // mean
layout(location = 0) out vec4 colour;

float plane(int index, ivec2 at) {
    return texelFetch(planes, ivec2(at.x, size * (index + 1) - 1 - at.y), 0).r;
}

void main() {
    ivec2 where = ivec2(gl_FragCoord.xy), at = where - origin;
    vec4 read = vec4(plane(swapped ? 2 : 0, at), plane(1, at), plane(swapped ? 0 : 2, at), 1.0);
    read.a = has_alpha ? plane(3, at) : texelFetch(cover, where, 0).a;
    read = read * scale + offset;
    if (!premultiplied)
        read.rgb *= read.a;
    colour = clamp(vec4(min(read.rgb, read.aaa), read.a), 0.0, 1.0);
}

#version 330 core
// One rectangle, given in clip space; `at` runs over the picture from its bottom left (0, 0) to its top right (1, 1).
uniform vec4 rectangle;  // left, bottom, right, top
out vec2 at;

void main() {
    at = vec2(gl_VertexID & 1, gl_VertexID >> 1);
    gl_Position = vec4(mix(rectangle.xy, rectangle.zw, at), 0.0, 1.0);
}

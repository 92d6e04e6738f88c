#version 330 core
// One vertex of the posed face. Posing has happened already: positions are in world space, decimetres.
layout(location = 0) in vec3 position;
layout(location = 1) in vec3 normal;
layout(location = 2) in vec2 uv;
layout(location = 3) in vec3 colour;  // sRGB-encoded factor: see face.frag

uniform mat4 clip_from_world;

out vec3 world_normal;
out vec2 surface_uv;
out vec3 surface_colour;

void main() {
    world_normal = normal;
    surface_uv = uv;
    surface_colour = colour;
    gl_Position = clip_from_world * vec4(position, 1.0);
}

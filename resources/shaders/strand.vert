#version 330 core
// A strand of hair or a lash as a ribbon, two vertices a point, never thinner than a pixel.
//
// Locks of hair lie flat on the head, are many pixels wide and drawn opaque. Lashes and single hairs turn to the viewer
// and are widened by half a pixel on either side: lash.frag turns the width they really have into coverage.
layout(location = 0) in vec3 position;    // a point of the strand, world space, decimetres
layout(location = 1) in vec3 tangent;     // along the strand
layout(location = 2) in float half_width; // decimetres
layout(location = 3) in float side;       // -1 or +1: which edge this vertex is on
layout(location = 4) in vec3 colour;      // sRGB-encoded

uniform mat4 clip_from_world;
uniform vec3 eye_position;
uniform float pixels_per_clip;  // half the region's size in pixels
uniform bool facing_camera;     // lashes turn to the viewer, hair lies flat on the head

// Hair lies around this point; the head is taken as a tall ellipsoid.
const vec3 SKULL_CENTRE = vec3(0.0, 6.6, 0.25);
const vec3 SKULL_FLATTEN = vec3(1.0, 0.3, 1.0);

out vec3 world_normal;
out vec3 world_tangent;
out vec3 strand_colour;
noperspective out float across;      // pixels from the strand's centre line
noperspective out float half_pixels; // the strand's true half width in pixels

void main() {
    vec3 outward = facing_camera ? eye_position - position : (position - SKULL_CENTRE) * SKULL_FLATTEN;
    vec3 sideways = normalize(cross(tangent, normalize(outward)));
    vec4 centre = clip_from_world * vec4(position, 1.0);
    vec4 edge = clip_from_world * vec4(position + sideways * half_width, 1.0);
    vec2 reach = (edge.xy / edge.w - centre.xy / centre.w) * pixels_per_clip;
    half_pixels = length(reach);
    vec2 direction = reach / max(half_pixels, 1e-6);
    across = side * (facing_camera ? half_pixels + 0.5 : max(half_pixels, 0.5));
    centre.xy += direction * across / pixels_per_clip * centre.w;

    world_normal = cross(sideways, tangent);
    world_tangent = tangent;
    strand_colour = colour;
    gl_Position = centre;
}

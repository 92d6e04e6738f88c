#version 330 core
// Skin, eyes, teeth, cloth: the texture image (unlit albedo) and the render image (lit), both sRGB-encoded, opaque.
#include "lighting.glsl"

in vec3 world_normal;
in vec2 surface_uv;
in vec3 surface_colour;

uniform sampler2D albedo;  // sRGB-encoded bytes, sampled as they are
uniform vec2 gloss;        // highlight: strength and exponent

layout(location = 0) out vec4 texture_image;
layout(location = 1) out vec4 render_image;

const float SPECULAR = 0.35;

void main() {
    vec3 encoded = texture(albedo, surface_uv).rgb * surface_colour;
    vec3 n = facing_viewer(world_normal);
    vec3 diffuse = vec3(ambient.x + ambient.y * n.y);
    vec3 highlight = vec3(0.0);
    for (int i = 0; i < LIGHTS; ++i) {
        float facing = dot(n, light_direction[i]);
        // Blinn-Phong's power as a Gaussian: exp is half the price of pow.
        float mirrored = exp(gloss.y * (dot(n, light_halfway[i]) - 1.0));
        diffuse += DIFFUSE * max(facing, 0.0) * light_colour[i];
        highlight += step(0.0, facing) * mirrored * light_colour[i];
    }
    vec3 lit = linear_from_srgb(encoded) * diffuse + SPECULAR * gloss.x * surface_colour.r * highlight;
    texture_image = vec4(encoded, 1.0);
    render_image = vec4(srgb_from_linear(lit), 1.0);
}

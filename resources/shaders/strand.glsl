// How a strand of hair is lit: diffuse like a surface, Kajiya-Kay highlight along the strand (exponent 80).
#include "lighting.glsl"

in vec3 world_normal;
in vec3 world_tangent;
in vec3 strand_colour;
noperspective in float across;
noperspective in float half_pixels;

layout(location = 0) out vec4 texture_image;
layout(location = 1) out vec4 render_image;

const float SPECULAR = 0.025;

vec3 lit_strand() {
    vec3 n = facing_viewer(world_normal);
    vec3 along = normalize(world_tangent);
    vec3 diffuse = vec3(ambient.x + ambient.y * n.y);
    vec3 highlight = vec3(0.0);
    for (int i = 0; i < LIGHTS; ++i) {
        float facing = dot(n, light_direction[i]);
        float lengthwise = dot(along, light_halfway[i]);
        float glint = max(1.0 - lengthwise * lengthwise, 0.0);  // sine squared; its 40th power by squaring
        glint *= glint; glint *= glint; glint *= glint;
        float eighth = glint;
        glint *= glint; glint *= glint; glint *= eighth;
        diffuse += DIFFUSE * max(facing, 0.0) * light_colour[i];
        highlight += glint * clamp(facing + 0.3, 0.0, 1.0) * light_colour[i];
    }
    return srgb_from_linear(linear_from_srgb(strand_colour) * diffuse + SPECULAR * highlight);
}

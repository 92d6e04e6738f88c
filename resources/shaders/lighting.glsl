// Colour and light shared by the fragment shaders.
//
// All colours that enter are sRGB-encoded. A product of two encoded colours stands for the encoded product of the
// linear ones: exact for a pure power law, and wherever one of the two is 1. It saves an encoding a pixel.
const int LIGHTS = 4;
uniform vec3 light_direction[LIGHTS];  // unit length, from the face to the light
uniform vec3 light_halfway[LIGHTS];    // unit length, between the light and a viewer far away
uniform vec3 light_colour[LIGHTS];     // linear, intensity included
uniform vec2 ambient;                  // constant, share of the normal's up component
uniform vec3 to_viewer;                // unit length, against the camera's direction

// The share of a light that a rasteriser without shadows and falloff should show, matched to the ground truth by eye.
const float DIFFUSE = 0.46;

// The sRGB curves without pow, which costs software OpenGL a third of the frame: within 0.004 of IEC 61966-2-1.
// Source: "sRGB Approximations for HLSL", Ian Taylor, 2012.
vec3 linear_from_srgb(vec3 c) {
    return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878);
}

vec3 srgb_from_linear(vec3 c) {
    vec3 root = sqrt(clamp(c, 0.0, 1.0));
    vec3 fourth = sqrt(root);
    vec3 eighth = sqrt(fourth);
    return 0.662002687 * root + 0.684122060 * fourth - 0.323583601 * eighth - 0.0225411470 * clamp(c, 0.0, 1.0);
}

vec3 facing_viewer(vec3 n) {
    n = normalize(n);
    return dot(n, to_viewer) < 0.0 ? -n : n;
}

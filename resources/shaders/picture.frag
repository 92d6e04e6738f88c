#version 330 core
// One face's picture out of its texture: a region of it, premultiplied, sRGB-encoded as it will be shown.
// The texture is sampled with linear filtering; what lies outside the region must never bleed in.
uniform sampler2D picture;
uniform vec2 origin;      // of the region, in texels
uniform float size;       // of the region, in texels
uniform float texels;     // texels per pixel on the screen: below 1 the picture is enlarged
uniform int filtering;    // 0: texel by texel, 1: Catmull-Rom for enlarging, 2: area for reducing
in vec2 at;
out vec4 colour;

vec4 tap(vec2 position) {
    return texture(picture, (origin + clamp(position, vec2(0.5), vec2(size - 0.5))) / vec2(textureSize(picture, 0)));
}

// Catmull-Rom in nine linear taps: the two middle weights of each axis are fetched as one.
vec4 sharp(vec2 position) {
    vec2 centre = floor(position - 0.5) + 0.5;
    vec2 f = position - centre;
    vec2 w0 = f * (-0.5 + f * (1.0 - 0.5 * f));
    vec2 w1 = 1.0 + f * f * (-2.5 + 1.5 * f);
    vec2 w2 = f * (0.5 + f * (2.0 - 1.5 * f));
    vec2 w3 = f * f * (-0.5 + 0.5 * f);
    vec2 w12 = w1 + w2;
    vec2 p0 = centre - 1.0, p12 = centre + w2 / w12, p3 = centre + 2.0;
    vec4 sum = (tap(vec2(p0.x, p0.y)) * w0.x + tap(vec2(p12.x, p0.y)) * w12.x + tap(vec2(p3.x, p0.y)) * w3.x) * w0.y
             + (tap(vec2(p0.x, p12.y)) * w0.x + tap(vec2(p12.x, p12.y)) * w12.x + tap(vec2(p3.x, p12.y)) * w3.x) * w12.y
             + (tap(vec2(p0.x, p3.y)) * w0.x + tap(vec2(p12.x, p3.y)) * w12.x + tap(vec2(p3.x, p3.y)) * w3.x) * w3.y;
    return clamp(sum, 0.0, 1.0);
}

// The mean of the pixel's footprint, from a grid of linear taps, each of which covers two texels.
vec4 area(vec2 position) {
    int count = clamp(int(ceil(texels * 0.5)) + 1, 2, 6);
    vec4 sum = vec4(0.0);
    for (int row = 0; row < count; ++row)
        for (int column = 0; column < count; ++column)
            sum += tap(position + texels * ((vec2(column, row) + 0.5) / float(count) - 0.5));
    return sum / float(count * count);
}

void main() {
    vec2 position = at * size;
    if (filtering == 1)
        colour = sharp(position);
    else if (filtering == 2)
        colour = area(position);
    else
        colour = texelFetch(picture, ivec2(origin + clamp(floor(position), vec2(0.0), vec2(size - 1.0))), 0);
    // Ringing of the sharp filter must leave a premultiplied colour.
    colour.rgb = min(colour.rgb, colour.a);
}

// One face's picture out of its texture: a region of it, premultiplied, sRGB-encoded as it will be shown.
// One shader a filter, no branch between them: a software rasteriser computes every branch of an `if`.
// The texture is sampled with linear filtering; what lies outside the region must never bleed in.
uniform sampler2D picture;
uniform vec2 origin;   // of the region, in texels
uniform float size;    // of the region, in texels
uniform float texels;  // texels per pixel on the screen: below 1 the picture is enlarged
uniform float opacity;
in vec2 at;
out vec4 colour;

vec4 tap(vec2 position) {
    return texture(picture, (origin + clamp(position, vec2(0.5), vec2(size - 0.5))) / vec2(textureSize(picture, 0)));
}

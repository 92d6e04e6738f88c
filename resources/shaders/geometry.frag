#version 330 core
// The normal picture and the depth picture of whatever face.vert or strand.vert placed: for generators that want them.
in vec3 world_normal;

uniform vec3 to_viewer;     // unit length, against the camera's direction
uniform vec2 depth_planes;  // distance from the eye along its axis, decimetres: near, far

layout(location = 0) out vec4 normal_image;  // the camera only shifts the world: world normals are the view's
layout(location = 1) out float depth_image;

void main() {
    vec3 n = normalize(world_normal);
    n = dot(n, to_viewer) < 0.0 ? -n : n;
    float distance = 1.0 / gl_FragCoord.w;
    normal_image = vec4(n * 0.5 + 0.5, 1.0);
    depth_image = clamp((depth_planes.y - distance) / (depth_planes.y - depth_planes.x), 0.0, 1.0);
}

#version 330 core
// Poses a point of a strand; pose_ribbon.vert makes a ribbon of the points.
#include "pose.glsl"

layout(location = 0) in vec3 still;  // the neutral face
layout(location = 1) in vec3 root;   // likewise, of the strand's first point
layout(location = 2) in ivec4 runs;  // first delta and deltas, of the point and of the root
layout(location = 3) in int eye;     // whose lash it is, or -1

out vec4 posed;

void main() {
    vec3 point = still + blended(runs.xy);
    if (eye >= 0 && eye < eyes) {
        point += push(root + blended(runs.zw), eye);  // a lash follows its root
    }
    posed = vec4(bent(point - neck_pivot, neck_share(point)) + neck_pivot, 1.0);
}

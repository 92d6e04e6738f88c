#version 330 core
// Poses a vertex of the surface and its normal; nothing is drawn, transform feedback keeps the two.
#include "pose.glsl"

layout(location = 0) in vec3 still;         // the neutral face
layout(location = 1) in vec3 still_normal;
layout(location = 2) in ivec4 kind;         // first delta, deltas, eyeball it belongs to or -1, bits of eyes it covers

uniform samplerBuffer normal_deltas;        // as `deltas`, of normals

out vec3 posed;
out vec3 posed_normal;                      // as long as the blend makes it

vec3 blended_normal(ivec2 run) {
    vec3 sum = vec3(0.0);
    for (int entry = run.x; entry < run.x + run.y; entry++) {
        vec4 delta = texelFetch(normal_deltas, entry);
        sum += said(int(delta.w)) * delta.xyz;
    }
    return sum;
}

void main() {
    vec3 point = still + blended(kind.xy), normal = still_normal + blended_normal(kind.xy);
    if (kind.z >= 0) {
        vec3 pivot = eyeballs[kind.z].xyz;
        point = turned_by(GAZE + 9 * kind.z, still - pivot) + pivot;
        normal = turned_by(GAZE + 9 * kind.z, still_normal);
    }
    for (int eye = 0; eye < eyes; eye++) {
        if ((kind.w >> eye & 1) == 1 && point.z - eyeballs[eye].z > lid_depth) {
            point += push(point, eye);
        }
    }
    float share = neck_share(point);
    posed = bent(point - neck_pivot, share) + neck_pivot;
    posed_normal = bent(normal, share);
}

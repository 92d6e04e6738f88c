#version 330 core
// Makes a ribbon's vertices, two a point, of points that have been posed: the point, and the tangent there.
layout(location = 0) in ivec2 neighbours;  // the points before and after this one on its strand; itself at an end

uniform samplerBuffer points;              // of all faces, one after the other
uniform int points_per_face;

out vec3 position;
out vec3 tangent;                          // not normalised

void main() {
    int first = gl_InstanceID * points_per_face;
    position = texelFetch(points, first + gl_VertexID / 2).xyz;
    tangent = texelFetch(points, first + neighbours.y).xyz - texelFetch(points, first + neighbours.x).xyz;
}

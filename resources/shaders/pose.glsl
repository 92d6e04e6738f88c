// What vertices and points of strands have in common when they are posed. gpu_core/rig.py is the reference, step for
// step; gpu_core/gl/pose_tables.py says what the tables hold. Decimetres, radians; an instance is a face of the batch.
uniform samplerBuffer poses;   // the numbers of one pose after the other
uniform samplerBuffer deltas;  // for each shape that moves a point (x, y, z, shape); those of a point lie together

const int NUMBERS = 82, ANGLES = 52, NECK = 55, GAZE = 64;  // where they are: a (3, 3) matrix has its rows in a row

uniform int eyes;          // how many the rig has
uniform vec4 eyeballs[2];  // pivot, and how far from it skin begins
uniform float lid_depth;
uniform vec3 neck_pivot;
uniform vec3 neck_fade;    // z_share, low, high

float said(int index) {
    return texelFetch(poses, gl_InstanceID * NUMBERS + index).r;
}

vec3 said_vector(int first) {
    return vec3(said(first), said(first + 1), said(first + 2));
}

vec3 turned_by(int matrix, vec3 vector) {
    return vec3(
        dot(said_vector(matrix), vector), dot(said_vector(matrix + 3), vector), dot(said_vector(matrix + 6), vector));
}

vec3 blended(ivec2 run) {
    vec3 sum = vec3(0.0);
    for (int entry = run.x; entry < run.x + run.y; entry++) {
        vec4 delta = texelFetch(deltas, entry);
        sum += said(int(delta.w)) * delta.xyz;
    }
    return sum;
}

// The move that brings a point out to where skin begins; 0 for one outside, and at the centre: there is no direction.
vec3 push(vec3 point, int eye) {
    vec3 away = point - eyeballs[eye].xyz;
    float radius = length(away);
    return radius > 1e-4 ? away * (max(eyeballs[eye].w - radius, 0.0) / radius) : vec3(0.0);
}

// The share of the head's angles by which a point turns: 1 above the neck.
float neck_share(vec3 point) {
    return smoothstep(neck_fade.y, neck_fade.z, point.y + neck_fade.x * point.z);
}

// Roll, then pitch, then yaw, each by its share; the head turns as a whole.
vec3 bent(vec3 vector, float share) {
    if (share >= 1.0) {
        return turned_by(NECK, vector);
    }
    vec3 angles = share * said_vector(ANGLES);  // yaw, pitch, roll
    vec3 c = cos(angles), s = sin(angles);
    vec3 v = vec3(c.z * vector.x - s.z * vector.y, s.z * vector.x + c.z * vector.y, vector.z);
    v = vec3(v.x, c.y * v.y - s.y * v.z, s.y * v.y + c.y * v.z);
    return vec3(c.x * v.x + s.x * v.z, v.y, c.x * v.z - s.x * v.x);
}

// The kernels of driver_kernels.cu as plain loops: the interface to the driver without the device shim.
#include "abi.h"

#include <cstring>

static const MienRuntime *runtime;

// Argument `at` of a launch.
template <class T>
static T argument(void *const *arguments, int at) {
    T value;
    std::memcpy(&value, arguments[at], sizeof value);
    return value;
}

static unsigned char *row(const MienArray *array, int y) {
    return array->data + size_t(y) * array->width * size_t(array->channels * array->channel_bytes);
}

static void scale_add(MienDim3, MienDim3, size_t, void *const *arguments, MienTraffic *traffic) {
    const float *from = argument<const float *>(arguments, 0);
    float *to = argument<float *>(arguments, 1);
    const float factor = argument<float>(arguments, 2);
    const int count = argument<int>(arguments, 3);
    for (int i = 0; i < count; i++) to[i] = from[i] * factor + 1.0f;
    if (!traffic) return;
    const uint64_t warps = uint64_t(count + 31) / 32, bytes = uint64_t(count) * 4;
    traffic->loads = traffic->stores = {warps, (bytes + 31) / 32, bytes};
}

static void flip_surface(MienDim3, MienDim3, size_t, void *const *arguments, MienTraffic *) {
    const MienArray *from = runtime->surface(argument<uint64_t>(arguments, 0));
    const MienArray *to = runtime->surface(argument<uint64_t>(arguments, 1));
    const int width = argument<int>(arguments, 2), height = argument<int>(arguments, 3);
    for (int y = 0; y < height; y++) std::memcpy(row(to, y), row(from, height - 1 - y), size_t(width) * 4);
}

static void fill_surface(MienDim3, MienDim3, size_t, void *const *arguments, MienTraffic *) {
    const MienArray *to = runtime->surface(argument<uint64_t>(arguments, 0));
    if (!to->writable) runtime->fault("a store to what was registered read-only");
    const int width = argument<int>(arguments, 1), height = argument<int>(arguments, 2);
    for (int y = 0; y < height; y++) std::memset(row(to, y), argument<int>(arguments, 3), size_t(width) * 4);
}

static void sample_texture(MienDim3, MienDim3, size_t, void *const *arguments, MienTraffic *) {
    const MienTexture *from = runtime->texture(argument<uint64_t>(arguments, 0));
    *argument<float *>(arguments, 1) = *(const float *)from->array.data;
}

static void write_at(MienDim3, MienDim3, size_t, void *const *arguments, MienTraffic *) {
    argument<float *>(arguments, 0)[argument<long long>(arguments, 1)] = 1.0f;
}

static const size_t SCALE_ADD[] = {8, 8, 4, 4}, FLIP[] = {8, 8, 4, 4}, FILL[] = {8, 4, 4, 4}, TWO[] = {8, 8};
static const MienKernel KERNELS[] = {
    {"scale_add", scale_add, 4, SCALE_ADD, SCALE_ADD},
    {"flip_surface", flip_surface, 4, FLIP, FLIP},
    {"fill_surface", fill_surface, 4, FILL, FILL},
    {"sample_texture", sample_texture, 2, TWO, TWO},
    {"write_at", write_at, 2, TWO, TWO},
};

#pragma GCC visibility push(default)
const MienKernel *mien_kernels(int *count) {
    *count = int(sizeof KERNELS / sizeof *KERNELS);
    return KERNELS;
}
void mien_bind(const MienRuntime *given) { runtime = given; }
#pragma GCC visibility pop

// The transfer function of sRGB, IEC 61966-2-1: from the encoded value to linear light, both 0..1.
#pragma once

__device__ __forceinline__ float linear_light(float encoded) {
    return encoded <= 0.04045f ? encoded * (1.0f / 12.92f) : powf((encoded + 0.055f) * (1.0f / 1.055f), 2.4f);
}

// Elements of tensors: float16, float32 and uint8, one at a time and four at a time.
//
// FP16 goes by one PTX instruction each way instead of cuda_fp16.h, so that the compiler needs no headers.
#pragma once
#include "memory.cuh"

struct Half {
    typedef unsigned short Word;
    typedef uint2 Four;

#ifdef __CUDACC__
    static __device__ __forceinline__ Word encode(float value) {
        Word bits;
        asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
        return bits;
    }

    static __device__ __forceinline__ float decode(Word bits) {
        float value;
        asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
        return value;
    }
#else
    static Word encode(float value) { return __builtin_bit_cast(Word, static_cast<_Float16>(value)); }
    static float decode(Word bits) { return __builtin_bit_cast(_Float16, bits); }
#endif

    static __device__ __forceinline__ unsigned pair(float low, float high) {
        return encode(low) | static_cast<unsigned>(encode(high)) << 16;
    }

    static __device__ __forceinline__ Four encode_four(const float *v) {
        return make_uint2(pair(v[0], v[1]), pair(v[2], v[3]));
    }

    static __device__ __forceinline__ void decode_four(Four four, float *v) {
        v[0] = decode(static_cast<Word>(four.x));
        v[1] = decode(static_cast<Word>(four.x >> 16));
        v[2] = decode(static_cast<Word>(four.y));
        v[3] = decode(static_cast<Word>(four.y >> 16));
    }
};

struct Float {
    typedef float Word;
    typedef float4 Four;

    static __device__ __forceinline__ Word encode(float value) { return value; }
    static __device__ __forceinline__ float decode(Word value) { return value; }
    static __device__ __forceinline__ Four encode_four(const float *v) { return make_float4(v[0], v[1], v[2], v[3]); }

    static __device__ __forceinline__ void decode_four(Four four, float *v) {
        v[0] = four.x;
        v[1] = four.y;
        v[2] = four.z;
        v[3] = four.w;
    }
};

// 0..255 as it is: whoever launches chooses scales so.
struct Byte {
    typedef byte Word;
    typedef unsigned Four;

    static __device__ __forceinline__ Word encode(float value) {
        return static_cast<Word>(rintf(fminf(fmaxf(value, 0.0f), 255.0f)));
    }

    static __device__ __forceinline__ float decode(Word value) { return static_cast<float>(value); }

    static __device__ __forceinline__ Four encode_four(const float *v) {
        return encode(v[0]) | encode(v[1]) << 8 | encode(v[2]) << 16 | static_cast<unsigned>(encode(v[3])) << 24;
    }

    static __device__ __forceinline__ void decode_four(Four four, float *v) {
#pragma unroll
        for (int i = 0; i < 4; ++i) v[i] = static_cast<float>((four >> (8 * i)) & 255u);
    }
};

/* What the emulated CUDA driver and a kernel library compiled for the host know of each other.
 *
 * A kernel library is the project's .cu files compiled by g++ over the device shim (see README.md beside this file).
 * It exports `mien_kernels` and `mien_bind`. The driver finds a kernel by the name that the real machine code has it
 * under, copies the arguments at the launch, and calls `launch` when the stream gets there. Everything runs on one
 * thread at a time, with the driver's lock held: nothing here may call Python, nor any cu* function.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint32_t x, y, z;
} MienDim3;

/* A CUarray. Rows follow one another without padding, row 0 first; what CUDA does with them on a GPU is its secret. */
typedef struct {
    unsigned char *data;
    size_t width, height, depth; /* in texels; height and depth are 0 in arrays with fewer dimensions */
    int channels;
    int channel_bytes; /* 1, 2 or 4 */
    int format;        /* CUarray_format: 1, 2, 3 = uint8, 16, 32; 8, 9, 10 = int8, 16, 32; 16 = half; 32 = float */
    int writable;      /* 0: registered read-only with OpenGL; a store is a fault */
} MienArray;

/* A texture object: over an array, or over pitched linear memory. */
typedef struct {
    MienArray array;      /* of linear memory as well: `data` is its first row */
    size_t pitch;         /* bytes from row to row */
    int address_mode[3];  /* CUaddress_mode: 0 wrap, 1 clamp, 2 mirror, 3 border */
    int filter;           /* CUfilter_mode: 0 point, 1 linear */
    int normalized;       /* coordinates are 0..1, not texels */
    int read_as_integer;  /* integers stay integers instead of becoming 0..1 */
    int srgb;             /* 8-bit colours are decoded to linear light */
    float border[4];
} MienTexture;

/* Where an address lies. */
enum { MIEN_NOT_CUDA = 0, MIEN_DEVICE_MEMORY = 1, MIEN_PINNED_MEMORY = 2 };
typedef struct {
    uintptr_t start; /* of the live allocation; 0 if the address is in none */
    size_t bytes;
    int kind; /* one of the three above */
} MienAllocation;

/* Memory that a kernel has touched, as a GPU would fetch it: per instruction and warp, the distinct 32-byte sectors. */
typedef struct {
    uint64_t requests; /* instructions times warps */
    uint64_t sectors;  /* of 32 bytes */
    uint64_t bytes;    /* what the threads asked for, which sectors are compared with */
} MienCount;
typedef struct {
    MienCount loads, stores;                 /* global memory */
    MienCount surface_loads, surface_stores; /* arrays by surf2Dread, surf2Dwrite */
    MienCount texture_fetches;
} MienTraffic;

/* What the driver does for a kernel that runs. */
typedef struct {
    /* The array of a surface object, or NULL after a fault: unknown, destroyed, or its array is not mapped any more. */
    const MienArray *(*surface)(uint64_t handle);
    /* The texture object, or NULL after a fault. */
    const MienTexture *(*texture)(uint64_t handle);
    /* The live allocation that holds all of [address, address + bytes), if any. */
    MienAllocation (*allocation)(const void *address, size_t bytes);
    /* All device and pinned memory lies in [arena_start, arena_end), a quick first look; all but what the application
     * has allocated itself and registered. */
    uintptr_t arena_start, arena_end;
    /* The kernel has done what a GPU would not survive: CUDA_ERROR_ILLEGAL_ADDRESS for good. Does not return; the
     * launch ends here (no destructors run). */
    void (*fault)(const char *why);
} MienRuntime;

typedef struct {
    const char *name; /* as in the machine code: extern "C" */
    /* Run the whole grid. `arguments` are pointers to copies of the arguments, alive during the call. `traffic` is
     * NULL unless somebody wants to know; then the library adds what was touched. */
    void (*launch)(MienDim3 grid, MienDim3 block, size_t shared_bytes, void *const *arguments, MienTraffic *traffic);
    int parameters;
    const size_t *sizes;      /* of each parameter, in bytes */
    const size_t *alignments; /* likewise */
} MienKernel;

/* Exported by every kernel library. */
const MienKernel *mien_kernels(int *count);
void mien_bind(const MienRuntime *runtime); /* before the first launch; stays valid */

#ifdef __cplusplus
}
#endif

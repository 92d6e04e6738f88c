/* A double of libnvidia-ml.so.1: the functions of NVML that Mien and its libraries call, over figures that a test sets.

   Everything is switched at run time by the nvml_double_* functions at the end; nothing is read from the environment.
   Return codes are nvml.h's. A function that is set to fail does so before it looks at its arguments, as a driver that
   lacks a permission does. For one thread. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUCCESS = 0, UNINITIALIZED = 1, INVALID_ARGUMENT = 2, NOT_FOUND = 6, INSUFFICIENT_SIZE = 7 };
enum { DEVICES = 8, FIGURES = 64, PROCESSES = 16, FUNCTIONS = 64, NAME = 64 };
enum { COMPUTE = 1, GRAPHICS = 2, MPS = 4 };
#define MIB (1ull << 20)
#define NOT_AVAILABLE (~0ull) /* a process' memory where the driver cannot tell it */

typedef struct { int index; } Device;
typedef struct { char name[NAME]; int device; long long value; } Figure;
typedef struct { unsigned pid; long long memory_mb; int kinds; unsigned sm, encoder, decoder; } Process;
typedef struct { char name[NAME]; int calls, code, nth; } Function;

static Device devices[DEVICES];
static Figure figures[FIGURES];
static Process processes[PROCESSES];
static Function functions[FUNCTIONS];
static int figure_count, process_count, function_count, opened;

/* What a test has set for this device, or for all of them (-1), or the default. */
static long long figure(int device, const char *name, long long otherwise) {
    for (int i = figure_count - 1; i >= 0; i--)
        if (!strcmp(figures[i].name, name) && (figures[i].device == device || figures[i].device < 0))
            return figures[i].value;
    return otherwise;
}

static Function *function(const char *name) {
    for (int i = 0; i < function_count; i++)
        if (!strcmp(functions[i].name, name)) return &functions[i];
    if (function_count == FUNCTIONS) abort();
    Function *added = &functions[function_count++];
    snprintf(added->name, NAME, "%s", name);
    return added;
}

/* Counts a call; the code it has to fail with, or 0. */
static int enter(const char *name) {
    Function *called = function(name);
    called->calls++;
    if (called->code && (!called->nth || called->nth == called->calls)) return called->code;
    return 0;
}

#define CALL(needs_init)                                \
    do {                                                \
        int code = enter(__func__);                     \
        if (code) return code;                          \
        if ((needs_init) && !opened) return UNINITIALIZED; \
    } while (0)
#define TELL(what, value) \
    do {                  \
        CALL(1);          \
        *(what) = (value); \
        return SUCCESS;   \
    } while (0)

static int device_count(void) { return (int)figure(-1, "count", 1); }

static int pick(int index, Device **device) {
    if (index < 0 || index >= device_count()) return NOT_FOUND;
    *device = &devices[index];
    devices[index].index = index;
    return SUCCESS;
}

/* -- the library and its devices ---------------------------------------------------------------------------------- */
int nvmlInitWithFlags(unsigned flags) { (void)flags; CALL(0); opened++; return SUCCESS; }
int nvmlInit_v2(void) { CALL(0); opened++; return SUCCESS; }
int nvmlShutdown(void) { CALL(1); opened--; return SUCCESS; }
const char *nvmlErrorString(int code) { (void)code; return "an error of NVML's double"; }

static int text(char *buffer, unsigned size, const char *format, int number) {
    return snprintf(buffer, size, format, number) < (int)size ? SUCCESS : INSUFFICIENT_SIZE;
}

int nvmlSystemGetDriverVersion(char *buffer, unsigned size) {
    CALL(1);
    return text(buffer, size, "%d.65.06", (int)figure(-1, "driver", 580));
}
int nvmlSystemGetNVMLVersion(char *buffer, unsigned size) {
    CALL(1);
    return text(buffer, size, "13.%d.65", (int)figure(-1, "driver", 580));
}
int nvmlSystemGetCudaDriverVersion_v2(int *version) { TELL(version, (int)figure(-1, "cuda", 13000)); }
int nvmlDeviceGetCount_v2(unsigned *count) { TELL(count, (unsigned)device_count()); }

int nvmlDeviceGetHandleByIndex_v2(unsigned index, Device **device) { CALL(1); return pick((int)index, device); }
/* UUIDs and places on the bus are those of the emulated CUDA driver's GPUs. */
int nvmlDeviceGetHandleByUUID(const char *uuid, Device **device) {
    int index;
    CALL(1);
    if (sscanf(uuid, "GPU-4d4d4d4d-4d4d-4d4d-4d4d-4d4d4d4d4d%02x", (unsigned *)&index) != 1) return NOT_FOUND;
    return pick(index, device);
}
int nvmlDeviceGetHandleByPciBusId_v2(const char *bus, Device **device) {
    unsigned domain, index, slot;
    CALL(1);
    if (sscanf(bus, "%x:%x:%x.0", &domain, &index, &slot) != 3) return INVALID_ARGUMENT;
    return pick((int)index - 1, device);
}
int nvmlDeviceGetIndex(Device *device, unsigned *index) { TELL(index, (unsigned)device->index); }
int nvmlDeviceGetName(Device *device, char *buffer, unsigned size) {
    CALL(1);
    return text(buffer, size, "NVIDIA Double %d", device->index);
}
int nvmlDeviceGetUUID(Device *device, char *buffer, unsigned size) {
    CALL(1);
    return text(buffer, size, "GPU-4d4d4d4d-4d4d-4d4d-4d4d-4d4d4d4d4d%02x", device->index);
}
int nvmlDeviceGetCudaComputeCapability(Device *device, int *major, int *minor) {
    CALL(1);
    long long capability = figure(device->index, "capability", 89);
    *major = (int)(capability / 10);
    *minor = (int)(capability % 10);
    return SUCCESS;
}

/* -- figures ------------------------------------------------------------------------------------------------------ */
#define FIGURE(device, name, otherwise) figure((device)->index, name, otherwise)

int nvmlDeviceGetUtilizationRates(Device *device, unsigned *rates) {
    CALL(1);
    rates[0] = (unsigned)FIGURE(device, "busy", 37);
    rates[1] = (unsigned)FIGURE(device, "memory_busy", 12);
    return SUCCESS;
}

typedef struct { unsigned long long total, free, used; } Memory;
typedef struct { unsigned version; unsigned long long total, reserved, free, used; } MemoryV2;

/* The older call counts what the driver has reserved as used. */
int nvmlDeviceGetMemoryInfo(Device *device, Memory *told) {
    CALL(1);
    told->total = FIGURE(device, "total_mb", 23034) * MIB;
    told->used = (FIGURE(device, "used_mb", 1234) + FIGURE(device, "reserved_mb", 512)) * MIB;
    told->free = told->total - told->used;
    return SUCCESS;
}
int nvmlDeviceGetMemoryInfo_v2(Device *device, MemoryV2 *told) {
    CALL(1);
    told->total = FIGURE(device, "total_mb", 23034) * MIB;
    told->used = FIGURE(device, "used_mb", 1234) * MIB;
    told->reserved = FIGURE(device, "reserved_mb", 512) * MIB;
    told->free = told->total - told->used - told->reserved;
    return SUCCESS;
}

int nvmlDeviceGetEncoderUtilization(Device *device, unsigned *percent, unsigned *period_us) {
    CALL(1);
    *percent = (unsigned)FIGURE(device, "encoder", 5);
    *period_us = 167000;
    return SUCCESS;
}
int nvmlDeviceGetDecoderUtilization(Device *device, unsigned *percent, unsigned *period_us) {
    CALL(1);
    *percent = (unsigned)FIGURE(device, "decoder", 0);
    *period_us = 167000;
    return SUCCESS;
}
int nvmlDeviceGetPowerUsage(Device *device, unsigned *milliwatts) {
    TELL(milliwatts, (unsigned)FIGURE(device, "power_mw", 43500));
}
int nvmlDeviceGetEnforcedPowerLimit(Device *device, unsigned *milliwatts) {
    TELL(milliwatts, (unsigned)FIGURE(device, "limit_mw", 72000));
}

typedef struct { unsigned version; int sensor; int degrees; } Temperature;
int nvmlDeviceGetTemperatureV(Device *device, Temperature *told) {
    TELL(&told->degrees, (int)FIGURE(device, "temperature", 61));
}
int nvmlDeviceGetTemperature(Device *device, int sensor, unsigned *degrees) {
    (void)sensor;
    TELL(degrees, (unsigned)FIGURE(device, "temperature", 61));
}

/* 0 shutdown, 1 slowdown */
int nvmlDeviceGetTemperatureThreshold(Device *device, int which, unsigned *degrees) {
    CALL(1);
    if (which != 1) return INVALID_ARGUMENT;
    *degrees = (unsigned)FIGURE(device, "slowdown", 93);
    return SUCCESS;
}

/* 1 SM, 2 memory */
int nvmlDeviceGetMaxClockInfo(Device *device, int kind, unsigned *mhz) {
    CALL(1);
    if (kind != 1 && kind != 2) return INVALID_ARGUMENT;
    *mhz = kind == 1 ? (unsigned)FIGURE(device, "sm_max_mhz", 2520) : (unsigned)FIGURE(device, "memory_max_mhz", 6251);
    return SUCCESS;
}

/* 0 graphics, 1 SM, 2 memory, 3 video */
int nvmlDeviceGetClockInfo(Device *device, int kind, unsigned *mhz) {
    static const char *const names[] = {"graphics_mhz", "sm_mhz", "memory_mhz", "video_mhz"};
    static const int otherwise[] = {2040, 2025, 6251, 1770};
    CALL(1);
    if (kind < 0 || kind > 3) return INVALID_ARGUMENT;
    *mhz = (unsigned)FIGURE(device, names[kind], otherwise[kind]);
    return SUCCESS;
}
int nvmlDeviceGetCurrentClocksEventReasons(Device *device, unsigned long long *bits) {
    TELL(bits, (unsigned long long)FIGURE(device, "slowed", 0));
}
int nvmlDeviceGetCurrentClocksThrottleReasons(Device *device, unsigned long long *bits) {
    TELL(bits, (unsigned long long)FIGURE(device, "slowed", 0));
}
int nvmlDeviceGetPerformanceState(Device *device, int *state) { TELL(state, (int)FIGURE(device, "state", 0)); }

/* -- processes ---------------------------------------------------------------------------------------------------- */
typedef struct { unsigned pid; unsigned long long memory; unsigned gpu_instance, compute_instance; } ProcessInfo;
typedef struct { unsigned pid; unsigned long long stamp_us; unsigned sm, memory, encoder, decoder; } ProcessSample;

static int list(unsigned *count, ProcessInfo *told, int kind) {
    unsigned room = *count, found = 0;
    for (int i = 0; i < process_count; i++) found += !!(processes[i].kinds & kind);
    *count = found;
    if (!found) return SUCCESS;
    if (!told || room < found) return INSUFFICIENT_SIZE;
    for (int i = 0, at = 0; i < process_count; i++) {
        if (!(processes[i].kinds & kind)) continue;
        unsigned long long memory = processes[i].memory_mb < 0 ? NOT_AVAILABLE : processes[i].memory_mb * MIB;
        told[at++] = (ProcessInfo){processes[i].pid, memory, ~0u, ~0u};
    }
    return SUCCESS;
}
int nvmlDeviceGetComputeRunningProcesses_v3(Device *device, unsigned *count, ProcessInfo *told) {
    (void)device;
    CALL(1);
    return list(count, told, COMPUTE);
}
int nvmlDeviceGetGraphicsRunningProcesses_v3(Device *device, unsigned *count, ProcessInfo *told) {
    (void)device;
    CALL(1);
    return list(count, told, GRAPHICS);
}
int nvmlDeviceGetMPSComputeRunningProcesses_v3(Device *device, unsigned *count, ProcessInfo *told) {
    (void)device;
    CALL(1);
    return list(count, told, MPS);
}

/* One sample a process that did something, taken at "now_us"; NOT_FOUND if the caller has seen it already. */
int nvmlDeviceGetProcessUtilization(Device *device, ProcessSample *told, unsigned *count, unsigned long long seen_us) {
    unsigned long long now_us = (unsigned long long)FIGURE(device, "now_us", 1000000);
    unsigned room = *count, found = 0;
    CALL(1);
    for (int i = 0; i < process_count; i++) found += processes[i].sm || processes[i].encoder || processes[i].decoder;
    if (!found || seen_us >= now_us) return NOT_FOUND;
    *count = found;
    if (!told || room < found) return INSUFFICIENT_SIZE;
    for (int i = 0, at = 0; i < process_count; i++) {
        const Process *one = &processes[i];
        if (one->sm || one->encoder || one->decoder)
            told[at++] = (ProcessSample){one->pid, now_us, one->sm, 0, one->encoder, one->decoder};
    }
    return SUCCESS;
}

/* -- the test's side ---------------------------------------------------------------------------------------------- */
/* As after loading, except that it stays initialised as often as it is. */
void nvml_double_reset(void) { figure_count = process_count = function_count = 0; memset(functions, 0, sizeof functions); }

/* A figure of one device, or of all of them with -1. False: there is no room for another. */
int nvml_double_set(int device, const char *name, long long value) {
    Figure *added = NULL;
    for (int i = 0; i < figure_count; i++)
        if (figures[i].device == device && !strcmp(figures[i].name, name)) added = &figures[i];
    if (!added && figure_count == FIGURES) return 0;
    if (!added) added = &figures[figure_count++];
    snprintf(added->name, NAME, "%s", name);
    added->device = device;
    added->value = value;
    return 1;
}

/* Let the n-th call from now on answer `code`; nth 0: every call; code 0: none. */
void nvml_double_fail(const char *name, int code, int nth) {
    Function *one = function(name);
    one->code = code;
    one->nth = nth ? one->calls + nth : 0;
}

/* A process on every device; memory below 0: the driver cannot tell. `kinds`: 1 computes, 2 draws, 4 by way of MPS. */
int nvml_double_process(unsigned pid, long long memory_mb, int kinds, unsigned sm, unsigned encoder, unsigned decoder) {
    if (process_count == PROCESSES) return 0;
    processes[process_count++] = (Process){pid, memory_mb, kinds, sm, encoder, decoder};
    return 1;
}

int nvml_double_calls(const char *name) { return function(name)->calls; }
int nvml_double_opened(void) { return opened; }

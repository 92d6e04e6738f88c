// Streams, events and host functions.
#include "arena.h"
#include "executor.h"

namespace mien {

std::shared_ptr<Stream> stream_of(CUstream handle) {
    if (!handle || handle == CU_STREAM_LEGACY) return the.null_stream;
    if (handle == CU_STREAM_PER_THREAD) return the.thread_stream;
    return the.streams.find(handle);
}

}  // namespace mien

using namespace mien;

static CUresult create_stream(CUstream *handle, unsigned flags, int priority) {
    NEED(current_context(), CUDA_ERROR_INVALID_CONTEXT);
    const auto stream = std::make_shared<Stream>();
    stream->flags = flags;
    stream->priority = priority;
    stream->context = current_context();
    *handle = the.streams.add(stream);
    return CUDA_SUCCESS;
}

static CUresult record_event(CUevent handle, CUstream stream_handle) {
    NEED_STREAM(stream_handle);
    const auto event = the.events.find(handle);
    NEED(event, CUDA_ERROR_INVALID_HANDLE);
    event->capture = stream->capture;
    if (stream->capture) return CUDA_SUCCESS;
    event->record = std::make_shared<Record>();
    event->record->stream = stream;
    Operation operation;
    operation.kind = "event";
    operation.signals = event->record;
    return enqueue(stream, std::move(operation));
}

static CUresult elapsed(float *ms, CUevent start, CUevent end) {
    const auto first = the.events.find(start), last = the.events.find(end);
    NEED(first && last && first->record && last->record, CUDA_ERROR_INVALID_HANDLE);
    NEED(!((first->flags | last->flags) & CU_EVENT_DISABLE_TIMING), CUDA_ERROR_INVALID_HANDLE);
    NEED(first->record->passed && last->record->passed, CUDA_ERROR_NOT_READY);
    *ms = float(last->record->ms - first->record->ms);
    return CUDA_SUCCESS;
}

// A device works on while it is asked: lazily, each question lets it do one thing more. The first answer after new work
// is "not yet".
static CUresult ask(const std::shared_ptr<Stream> &stream, const std::function<bool()> &done) {
    if (done()) return the.sticky;
    if (the.settings.lazy) step(stream);
    return the.sticky ? the.sticky : CUDA_ERROR_NOT_READY;
}

#pragma GCC visibility push(default)
extern "C" {

CUresult CUDAAPI cuStreamCreateWithPriority(CUstream *handle, unsigned flags, int priority) {
    DRIVER_CALL();
    return create_stream(handle, flags, priority);
}

CUresult CUDAAPI cuStreamCreate(CUstream *handle, unsigned flags) {
    DRIVER_CALL();
    return create_stream(handle, flags, 0);
}

// Returns at once; what is in the stream still happens.
CUresult CUDAAPI cuStreamDestroy_v2(CUstream handle) {
    DRIVER_CALL();
    const auto stream = the.streams.find(handle);
    NEED(stream, CUDA_ERROR_INVALID_HANDLE);
    if (stream->capture) note_misuse("a stream was destroyed while it captured");
    while (step(stream) == Progress::ADVANCED) continue;
    the.streams.erase(handle);
    if (!stream->pending.empty()) the.retired.push_back(stream);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamSynchronize(CUstream handle) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    NEED(!stream->capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    finish(stream, call.lock);
    return the.sticky;
}

CUresult CUDAAPI cuStreamQuery(CUstream handle) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    NEED(!stream->capture, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    return ask(stream, [&] { return stream->pending.empty(); });
}

CUresult CUDAAPI cuStreamGetFlags(CUstream handle, unsigned *flags) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    *flags = stream->flags;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamGetPriority(CUstream handle, int *priority) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    *priority = stream->priority;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamGetId(CUstream handle, unsigned long long *id) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    *id = (unsigned long long)(uintptr_t)handle;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamGetCtx(CUstream handle, CUcontext *context) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    *context = stream->context ? stream->context : current_context();
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamGetCtx_v2(CUstream handle, CUcontext *context, CUgreenCtx *green) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    if (green) *green = nullptr;
    *context = stream->context ? stream->context : current_context();
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamGetDevice(CUstream handle, CUdevice *device) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    const auto context = the.contexts.find(stream->context);
    *device = context ? context->device : current_device();
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamWaitEvent(CUstream handle, CUevent event_handle, unsigned) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    const auto event = the.events.find(event_handle);
    NEED(event, CUDA_ERROR_INVALID_HANDLE);
    if (event->capture) {  // the stream joins the capture that the event was recorded in
        NEED(!stream->capture || stream->capture == event->capture, CUDA_ERROR_STREAM_CAPTURE_ISOLATION);
        stream->capture = event->capture;
        return CUDA_SUCCESS;
    }
    if (!event->record || event->record->passed) return CUDA_SUCCESS;
    Operation operation;
    operation.kind = "wait";
    operation.awaits = event->record;
    return enqueue(stream, std::move(operation));
}

CUresult CUDAAPI cuLaunchHostFunc(CUstream handle, CUhostFn function, void *user) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    NEED(function, CUDA_ERROR_INVALID_VALUE);
    Operation operation;
    operation.kind = "host function";
    operation.host_function = function;
    operation.user = user;
    return enqueue(stream, std::move(operation));
}

CUresult CUDAAPI cuEventCreate(CUevent *handle, unsigned flags) {
    DRIVER_CALL();
    NEED(current_context(), CUDA_ERROR_INVALID_CONTEXT);
    *handle = the.events.add(std::make_shared<Event>(Event{flags, nullptr, nullptr}));
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuEventDestroy_v2(CUevent handle) {
    DRIVER_CALL();
    NEED(the.events.erase(handle), CUDA_ERROR_INVALID_HANDLE);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuEventRecord(CUevent handle, CUstream stream_handle) {
    DRIVER_CALL();
    return record_event(handle, stream_handle);
}

CUresult CUDAAPI cuEventRecordWithFlags(CUevent handle, CUstream stream_handle, unsigned) {
    DRIVER_CALL();
    return record_event(handle, stream_handle);
}

CUresult CUDAAPI cuEventSynchronize(CUevent handle) {
    DRIVER_CALL();
    const auto event = the.events.find(handle);
    NEED(event, CUDA_ERROR_INVALID_HANDLE);
    NEED(!event->capture, CUDA_ERROR_CAPTURED_EVENT);
    if (event->record) finish(event->record, call.lock);
    return the.sticky;
}

CUresult CUDAAPI cuEventQuery(CUevent handle) {
    DRIVER_CALL();
    const auto event = the.events.find(handle);
    NEED(event, CUDA_ERROR_INVALID_HANDLE);
    NEED(!event->capture, CUDA_ERROR_CAPTURED_EVENT);
    if (!event->record || event->record->passed) return the.sticky;
    return ask(event->record->stream, [&] { return event->record->passed; });
}

CUresult CUDAAPI cuEventElapsedTime_v2(float *ms, CUevent start, CUevent end) {
    DRIVER_CALL();
    return elapsed(ms, start, end);
}

}  // extern "C"
#pragma GCC visibility pop

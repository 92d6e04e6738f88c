// Capturing and graphs. A graph is the list of its operations in the order in which they were captured, which is one of
// the orders that the real graph allows.
#include "executor.h"
#include "host_thread.h"

using namespace mien;

// ---- user objects: what a graph keeps alive ------------------------------------------------------------------------

static void give_up(uintptr_t handle, unsigned references) {
    const auto object = the.user_objects.find(CUuserObject(handle));
    if (!object) return;
    object->references -= references < object->references ? references : object->references;
    if (object->references) return;
    the.user_objects.erase(CUuserObject(handle));
    call_without_lock([object] { object->destroy(object->pointer); });  // may well be Python's
}

static void give_up_all(const Graph &graph) {
    for (const auto &[handle, references] : graph.kept) give_up(handle, references);
}

static CUresult capture_info(CUstream handle, CUstreamCaptureStatus *status, cuuint64_t *id, CUgraph *graph,
                             const CUgraphNode **dependencies, size_t *count) {
    NEED_STREAM(handle);
    *status = stream->capture ? CU_STREAM_CAPTURE_STATUS_ACTIVE : CU_STREAM_CAPTURE_STATUS_NONE;
    if (id) *id = (cuuint64_t)stream->capture.get();
    if (graph) *graph = stream->capture ? stream->capture->handle : nullptr;
    if (dependencies) *dependencies = nullptr;
    if (count) *count = 0;
    return CUDA_SUCCESS;
}

static CUresult begin_capture(CUstream handle) {
    NEED_STREAM(handle);
    NEED(stream != the.null_stream, CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED);
    NEED(!stream->capture, CUDA_ERROR_ILLEGAL_STATE);
    stream->capture = std::make_shared<Graph>();
    stream->capture->handle = the.graphs.add(stream->capture);
    stream->began_capture = true;
    return CUDA_SUCCESS;
}

static CUresult instantiate(CUgraphExec *executable, CUgraph handle) {
    const auto graph = the.graphs.find(handle);
    NEED(graph, CUDA_ERROR_INVALID_VALUE);
    const auto copy = std::make_shared<Graph>(*graph);
    std::vector<std::string> kinds;
    for (const Operation &operation : copy->operations) kinds.push_back(operation.kind);
    the.instantiated.push_back(kinds);
    for (const auto &[object, references] : copy->kept)
        if (const auto kept = the.user_objects.find(CUuserObject(object))) kept->references += references;
    *executable = the.executables.add(copy);
    return CUDA_SUCCESS;
}

#pragma GCC visibility push(default)
extern "C" {

CUresult CUDAAPI cuStreamBeginCapture_v2(CUstream handle, CUstreamCaptureMode) {
    DRIVER_CALL();
    return begin_capture(handle);
}

CUresult CUDAAPI cuStreamEndCapture(CUstream handle, CUgraph *graph) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    NEED(stream->capture && stream->began_capture, CUDA_ERROR_ILLEGAL_STATE);
    const auto captured = stream->capture;
    for (const auto &other : all_streams())
        if (other->capture == captured) other->capture = nullptr;
    stream->began_capture = false;
    *graph = captured->handle;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamIsCapturing(CUstream handle, CUstreamCaptureStatus *status) {
    DRIVER_CALL();
    NEED_STREAM(handle);
    *status = stream->capture ? CU_STREAM_CAPTURE_STATUS_ACTIVE : CU_STREAM_CAPTURE_STATUS_NONE;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuStreamGetCaptureInfo_v3(CUstream handle, CUstreamCaptureStatus *status, cuuint64_t *id,
                                           CUgraph *graph, const CUgraphNode **dependencies,
                                           const CUgraphEdgeData **edges, size_t *count) {
    DRIVER_CALL();
    if (edges) *edges = nullptr;
    return capture_info(handle, status, id, graph, dependencies, count);
}

CUresult CUDAAPI cuStreamGetCaptureInfo_v2(CUstream handle, CUstreamCaptureStatus *status, cuuint64_t *id,
                                           CUgraph *graph, const CUgraphNode **dependencies, size_t *count) {
    DRIVER_CALL();
    return capture_info(handle, status, id, graph, dependencies, count);
}

CUresult CUDAAPI cuGraphCreate(CUgraph *handle, unsigned) {
    DRIVER_CALL();
    const auto graph = std::make_shared<Graph>();
    *handle = graph->handle = the.graphs.add(graph);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphDestroy(CUgraph handle) {
    DRIVER_CALL();
    const auto graph = the.graphs.find(handle);
    NEED(graph, CUDA_ERROR_INVALID_VALUE);
    give_up_all(*graph);
    the.graphs.erase(handle);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphInstantiateWithParams(CUgraphExec *executable, CUgraph graph,
                                              CUDA_GRAPH_INSTANTIATE_PARAMS *wanted) {
    DRIVER_CALL();
    wanted->result_out = CUDA_GRAPH_INSTANTIATE_SUCCESS;
    return instantiate(executable, graph);
}

CUresult CUDAAPI cuGraphInstantiateWithFlags(CUgraphExec *executable, CUgraph graph, unsigned long long) {
    DRIVER_CALL();
    return instantiate(executable, graph);
}

CUresult CUDAAPI cuGraphLaunch(CUgraphExec handle, CUstream stream_handle) {
    DRIVER_CALL();
    NEED_STREAM(stream_handle);
    const auto graph = the.executables.find(handle);
    NEED(graph, CUDA_ERROR_INVALID_VALUE);
    for (const Operation &operation : graph->operations)
        if (const CUresult error = enqueue(stream, operation)) return error;
    return the.sticky;
}

CUresult CUDAAPI cuGraphUpload(CUgraphExec handle, CUstream stream_handle) {
    DRIVER_CALL();
    NEED_STREAM(stream_handle);
    NEED(the.executables.find(handle), CUDA_ERROR_INVALID_VALUE);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphExecDestroy(CUgraphExec handle) {
    DRIVER_CALL();
    const auto graph = the.executables.find(handle);
    NEED(graph, CUDA_ERROR_INVALID_VALUE);
    give_up_all(*graph);
    the.executables.erase(handle);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuUserObjectCreate(CUuserObject *handle, void *pointer, CUhostFn destroy, unsigned references,
                                    unsigned) {
    DRIVER_CALL();
    *handle = the.user_objects.add(std::make_shared<UserObject>(UserObject{pointer, destroy, references}));
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuUserObjectRetain(CUuserObject handle, unsigned references) {
    DRIVER_CALL();
    const auto object = the.user_objects.find(handle);
    NEED(object, CUDA_ERROR_INVALID_VALUE);
    object->references += references;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuUserObjectRelease(CUuserObject handle, unsigned references) {
    DRIVER_CALL();
    NEED(the.user_objects.find(handle), CUDA_ERROR_INVALID_VALUE);
    give_up(uintptr_t(handle), references);
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphRetainUserObject(CUgraph graph_handle, CUuserObject handle, unsigned references,
                                         unsigned flags) {
    DRIVER_CALL();
    const auto graph = the.graphs.find(graph_handle);
    const auto object = the.user_objects.find(handle);
    NEED(graph && object, CUDA_ERROR_INVALID_VALUE);
    if (!(flags & CU_GRAPH_USER_OBJECT_MOVE)) object->references += references;
    graph->kept[uintptr_t(handle)] += references;
    return CUDA_SUCCESS;
}

CUresult CUDAAPI cuGraphReleaseUserObject(CUgraph graph_handle, CUuserObject handle, unsigned references) {
    DRIVER_CALL();
    const auto graph = the.graphs.find(graph_handle);
    NEED(graph && graph->kept.count(uintptr_t(handle)), CUDA_ERROR_INVALID_VALUE);
    graph->kept[uintptr_t(handle)] -= references;
    give_up(uintptr_t(handle), references);
    return CUDA_SUCCESS;
}

}  // extern "C"
#pragma GCC visibility pop

// The emulated driver: what there is, who holds the lock, and what a call may do. ../README.md tells the whole story.
//
// One lock guards everything. It is never held while Python may run: host functions and destructors of user objects
// are called by a thread of their own, without it. Nothing in here is ever destroyed: threads outlive `main`.
#pragma once

#include <cuda.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "../abi.h"

namespace mien {

constexpr int MOST_DEVICES = 8;

// ---- handles -------------------------------------------------------------------------------------------------------

uintptr_t new_handle();  // never handed out twice, so that a stale one is always seen; not an address of anything

template <class Handle, class Object>
class Handles {
public:
    Handle add(std::shared_ptr<Object> object) {
        const uintptr_t handle = new_handle();
        objects[handle] = std::move(object);
        return (Handle)handle;
    }
    std::shared_ptr<Object> find(Handle handle) const {
        auto found = objects.find((uintptr_t)handle);
        return found == objects.end() ? nullptr : found->second;
    }
    bool erase(Handle handle) { return objects.erase((uintptr_t)handle) > 0; }
    void erase_from(uintptr_t first) { objects.erase(objects.lower_bound(first), objects.end()); }

    std::map<uintptr_t, std::shared_ptr<Object>> objects;
};

// ---- what handles stand for ----------------------------------------------------------------------------------------

struct Stream;
struct Graph;

struct Context {
    int device;
    int references = 0;
};

struct Record {  // one recording of an event
    bool passed = false;
    double ms = 0;  // on the steady clock
    std::shared_ptr<Stream> stream;
};

struct Operation {
    const char *kind = "";
    std::function<void()> run;        // with the lock held; must not wait
    CUhostFn host_function = nullptr;  // instead of `run`: called without the lock
    void *user = nullptr;
    std::shared_ptr<Record> awaits;   // not before this has been passed
    std::shared_ptr<Record> signals;  // passed with this operation
    uint64_t issued = 0;              // `State::sequence` at the call
};

struct Stream {
    unsigned flags = 0;
    int priority = 0;
    CUcontext context = nullptr;
    std::deque<Operation> pending;
    bool in_host_function = false;  // the first pending operation is being executed by the other thread
    std::shared_ptr<Graph> capture;
    bool began_capture = false;
};

struct Event {
    unsigned flags;
    std::shared_ptr<Record> record;
    std::shared_ptr<Graph> capture;  // recorded while capturing: says only that another stream joins in
};

struct UserObject {
    void *pointer;
    CUhostFn destroy;
    unsigned references;
};

struct Graph {  // also what is made of it by instantiating
    CUgraph handle = nullptr;
    std::vector<Operation> operations;
    std::map<uintptr_t, unsigned> kept;  // user objects, and how many references to each
};

struct Array : MienArray {
    unsigned flags = 0;
    uint64_t unmapped_at = 0;  // sequence of the call that unmapped the OpenGL resource; 0 while it is usable
    ~Array();
};

struct Texture {
    MienTexture description;
    std::shared_ptr<Array> array;  // empty over linear memory
    CUarray handle = nullptr;
};

struct Library {
    std::vector<char> image;
    std::map<std::string, CUkernel> kernels;
};

struct Kernel {
    const MienKernel *host;
    CUlibrary library;
};

struct Pool {
    CUmemLocation location;
    uint64_t release_threshold = 0;
};

struct Graphics;  // opengl.cpp
struct Upload;

// ---- switches and state --------------------------------------------------------------------------------------------

struct Settings {
    bool lazy = false;     // work runs only when something waits for it
    bool protect = false;  // device memory is out of the host's reach
    bool count_traffic = false;
    int devices = 1;
    int gl_device = 0;  // the device that draws; -1: none of ours
    int major = 8, minor = 9;
    int driver_version = 13050;
    int mps = 0;
    int mps_gl = 0;     // what a client of MPS is answered for passing pictures; 0: they pass
    int mps_error = 0;  // how MPS fails its clients from now on; 0: not
    size_t memory_bytes = size_t(8192) << 20;
};

struct Failure {
    std::string api;
    int nth;  // 0: every call
    CUresult code;
    bool sticky;
    bool null_handle;  // success, with nothing in it
    int seen = 0;
};

struct Launch {
    std::string kernel;
    MienDim3 grid, block;
    MienTraffic traffic;
};

struct State {
    std::mutex mutex;
    std::condition_variable changed;
    Settings settings;
    std::vector<Failure> failures;
    bool initialised = false;
    CUresult sticky = CUDA_SUCCESS;
    uint64_t sequence = 0;
    std::vector<std::pair<uintptr_t, uintptr_t>> buried;  // first and last handle of what went with a lost device

    // What the report tells.
    std::map<std::string, uint64_t> calls, launched, copied;
    std::vector<std::string> faults, misuses;
    std::vector<std::vector<std::string>> instantiated;  // kinds of operations of each graph made executable
    std::vector<Launch> launches;                        // with `count_traffic`

    std::shared_ptr<Context> primary[MOST_DEVICES];
    CUcontext primary_handle[MOST_DEVICES] = {};
    CUmemoryPool device_pool[MOST_DEVICES] = {};
    CUmemoryPool host_pool = nullptr;
    std::shared_ptr<Stream> null_stream = std::make_shared<Stream>(), thread_stream = std::make_shared<Stream>();
    std::vector<std::shared_ptr<Stream>> retired;  // destroyed with work in them

    Handles<CUcontext, Context> contexts;
    Handles<CUstream, Stream> streams;
    Handles<CUevent, Event> events;
    Handles<CUgraph, Graph> graphs;
    Handles<CUgraphExec, Graph> executables;
    Handles<CUuserObject, UserObject> user_objects;
    Handles<CUarray, Array> arrays;
    Handles<CUtexObject, Texture> textures;
    Handles<CUsurfObject, Texture> surfaces;
    Handles<CUlibrary, Library> libraries;
    Handles<CUkernel, Kernel> kernels;
    Handles<CUmemoryPool, Pool> pools;
    Handles<CUgraphicsResource, Graphics> graphics;
    std::vector<std::shared_ptr<Upload>> uploads;  // unmapped, and not yet seen by OpenGL
};

extern State &the;

// ---- calls ---------------------------------------------------------------------------------------------------------

enum CallNeeds { NOTHING, INITIALISED };

// Every entry point begins with one: takes the lock, counts, and says if the call is to be refused.
class Call {
public:
    explicit Call(const char *entry_point, CallNeeds needs = INITIALISED);
    bool wants_null_handle() const { return null_handle; }

    std::unique_lock<std::mutex> lock;
    CUresult refused = CUDA_SUCCESS;

private:
    CUresult injected(std::string_view api);
    bool null_handle = false;
};

#define DRIVER_CALL(...)                          \
    mien::Call call(__func__, ##__VA_ARGS__);     \
    if (call.refused != CUDA_SUCCESS) return call.refused
#define NEED(condition, error)          \
    do {                                \
        if (!(condition)) return error; \
    } while (0)
// The stream behind a handle, as `stream`; a current context is needed as well.
#define NEED_STREAM(handle)                                           \
    NEED(mien::current_context(), CUDA_ERROR_INVALID_CONTEXT);        \
    const std::shared_ptr<mien::Stream> stream = mien::stream_of(handle); \
    NEED(stream, CUDA_ERROR_INVALID_HANDLE)

CUcontext current_context();
int current_device();
std::shared_ptr<Stream> stream_of(CUstream handle);

std::string_view without_version(std::string_view entry_point);  // "cuMemAlloc_v2" -> "cuMemAlloc"
void note_misuse(const std::string &what);
void lose_device(CUresult code, const std::string &why);  // sticky: every later call answers with it
bool is_buried(const void *handle);
[[noreturn]] void kernel_fault(const char *why);
bool survives(const std::function<void()> &kernel);  // runs it; false after a fault in it

}  // namespace mien

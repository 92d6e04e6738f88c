// Work runs on the thread that waits for it, one operation at a time, with the lock held. Eagerly that is the thread
// that brings it. Lazily nothing runs before somebody waits: whoever forgets to wait sees what was there before.
#include "executor.h"

#include <chrono>

#include "arena.h"
#include "host_thread.h"

namespace mien {

double now_ms() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration<double, std::milli>(now).count();
}

std::vector<std::shared_ptr<Stream>> all_streams() {
    std::vector<std::shared_ptr<Stream>> found{the.null_stream, the.thread_stream};
    for (const auto &[handle, stream] : the.streams.objects) found.push_back(stream);
    found.insert(found.end(), the.retired.begin(), the.retired.end());
    return found;
}

bool anything_captures() {
    for (const auto &stream : all_streams())
        if (stream->capture) return true;
    return false;
}

static void run_until_blocked(const std::shared_ptr<Stream> &stream) {
    while (step(stream) == Progress::ADVANCED) continue;
}

static void complete_first(Stream &stream) {
    if (const auto &record = stream.pending.front().signals) {
        record->passed = true;
        record->ms = now_ms();
        record->stream = nullptr;  // it is not needed any more, and would keep the stream alive in a circle
    }
    stream.pending.pop_front();
    the.changed.notify_all();
}

static void after_host_function(const std::shared_ptr<Stream> &stream) {
    const std::lock_guard<std::mutex> lock(the.mutex);
    stream->in_host_function = false;
    complete_first(*stream);
    // Eagerly, what stood behind it goes on here. Lazily only streams do that nobody can wait for any more.
    if (!the.settings.lazy)
        for (const auto &other : all_streams()) run_until_blocked(other);
    for (size_t at = the.retired.size(); at-- > 0;) {
        run_until_blocked(the.retired[at]);
        if (the.retired[at]->pending.empty()) the.retired.erase(the.retired.begin() + long(at));
    }
}

static void start_host_function(const std::shared_ptr<Stream> &stream) {
    const Operation &operation = stream->pending.front();
    stream->in_host_function = true;
    call_without_lock([stream, function = operation.host_function, user = operation.user] {
        function(user);
        after_host_function(stream);
    });
}

static uint64_t running_issue = 0;
uint64_t issue_of_running_work() { return running_issue; }

Progress step(const std::shared_ptr<Stream> &stream) {
    if (stream->pending.empty()) return Progress::IDLE;
    if (stream->in_host_function) return Progress::BLOCKED;
    Operation &operation = stream->pending.front();
    const bool lost = the.sticky != CUDA_SUCCESS;  // then nothing runs any more, host functions included
    if (operation.awaits && !operation.awaits->passed && !lost) {
        const Progress progress = step(operation.awaits->stream);
        return progress == Progress::IDLE ? Progress::BLOCKED : progress;
    }
    if (operation.host_function && !lost) {
        start_host_function(stream);
        return Progress::BLOCKED;
    }
    if (operation.run && !lost) {
        const DeviceAccess access;
        running_issue = operation.issued;
        operation.run();
    }
    complete_first(*stream);
    return Progress::ADVANCED;
}

static void wait_for(const std::shared_ptr<Stream> &stream, std::unique_lock<std::mutex> &lock,
                     const std::function<bool()> &done) {
    while (!done()) {
        const Progress progress = step(stream);
        if (progress == Progress::IDLE) return;
        if (progress == Progress::BLOCKED && !done()) the.changed.wait(lock);
    }
}

void finish(const std::shared_ptr<Stream> &stream, std::unique_lock<std::mutex> &lock) {
    wait_for(stream, lock, [&] { return stream->pending.empty(); });
}

void finish(const std::shared_ptr<Record> &record, std::unique_lock<std::mutex> &lock) {
    const std::shared_ptr<Stream> stream = record->stream;
    if (!record->passed) wait_for(stream, lock, [&] { return record->passed; });
}

void finish_all(std::unique_lock<std::mutex> &lock) {
    for (const auto &stream : all_streams()) finish(stream, lock);
}

CUresult enqueue(const std::shared_ptr<Stream> &stream, Operation operation) {
    operation.issued = the.sequence;
    if (stream->capture) {
        stream->capture->operations.push_back(std::move(operation));
        return CUDA_SUCCESS;
    }
    // Work in the null stream waits for all blocking streams; theirs for it is not modelled: nobody should use it.
    if (stream == the.null_stream)
        for (const auto &[handle, other] : the.streams.objects)
            if (!(other->flags & CU_STREAM_NON_BLOCKING)) run_until_blocked(other);
    stream->pending.push_back(std::move(operation));
    if (!the.settings.lazy) run_until_blocked(stream);
    return the.sticky;
}

CUresult enqueue(const std::shared_ptr<Stream> &stream, const char *kind, std::function<void()> run) {
    Operation operation;
    operation.kind = kind;
    operation.run = std::move(run);
    return enqueue(stream, std::move(operation));
}

}  // namespace mien

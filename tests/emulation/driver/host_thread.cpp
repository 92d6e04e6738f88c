// A thread of its own, as in the real driver: a callback into Python waits for the interpreter's lock, whose holder may
// be inside a driver call at that moment. Whoever needs the callback to be done waits with the driver's lock released.
#include "host_thread.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace mien {

static thread_local bool calling_back = false;

bool in_host_function() { return calling_back; }

namespace {
struct Inbox {
    std::mutex mutex;
    std::condition_variable filled;
    std::deque<std::function<void()>> calls;
};
}  // namespace

static void serve(Inbox &inbox) {
    for (;;) {
        std::unique_lock<std::mutex> lock(inbox.mutex);
        inbox.filled.wait(lock, [&] { return !inbox.calls.empty(); });
        auto call = std::move(inbox.calls.front());
        inbox.calls.pop_front();
        lock.unlock();
        calling_back = true;
        call();
        calling_back = false;
    }
}

void call_without_lock(std::function<void()> call) {
    static Inbox &inbox = *new Inbox;  // outlives the program's end, as the thread does
    static std::once_flag started;
    std::call_once(started, [] { std::thread(serve, std::ref(inbox)).detach(); });
    const std::lock_guard<std::mutex> lock(inbox.mutex);
    inbox.calls.push_back(std::move(call));
    inbox.filled.notify_one();
}

}  // namespace mien

// Who runs the work that is in the streams, and when.
#pragma once

#include "driver.h"

namespace mien {

// Put work behind what is in the stream, or into the graph that is being captured. Eagerly it runs at once, as far as
// no host function is in the way. The answer is that of the call: a device that was lost by now is known.
CUresult enqueue(const std::shared_ptr<Stream> &stream, Operation operation);
CUresult enqueue(const std::shared_ptr<Stream> &stream, const char *kind, std::function<void()> run);

enum class Progress { IDLE, ADVANCED, BLOCKED };  // BLOCKED: a host function is running; `State::changed` tells its end
Progress step(const std::shared_ptr<Stream> &stream);

// These wait, with the lock released meanwhile.
void finish(const std::shared_ptr<Stream> &stream, std::unique_lock<std::mutex> &lock);
void finish(const std::shared_ptr<Record> &record, std::unique_lock<std::mutex> &lock);
void finish_all(std::unique_lock<std::mutex> &lock);

std::vector<std::shared_ptr<Stream>> all_streams();
bool anything_captures();
uint64_t issue_of_running_work();  // `State::sequence` at the call that brought what runs now
double now_ms();

}  // namespace mien

// The driver's own thread, on which it calls back into the application: host functions and destructors.
#pragma once

#include <functional>

namespace mien {

bool in_host_function();                        // is this that thread, in a callback?
void call_without_lock(std::function<void()>);  // soon, on that thread, in order

}  // namespace mien

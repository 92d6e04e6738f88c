// What the multi-process service does to one of its clients.
#pragma once

#include <cuda.h>

#include <string_view>

namespace mien {

// What a call of a client is answered with on account of MPS; CUDA_SUCCESS: it goes on. May lose the device.
CUresult refused_by_mps(std::string_view api);
int multiprocessors();    // what this client may use of them
size_t device_memory();   // how much of a device it may take

}  // namespace mien

// What is in an image: cubin, fat binary or PTX.
#pragma once

#include <cuda.h>

#include <cstddef>
#include <vector>

namespace mien {

size_t machine_code_bytes(const char *image);
CUresult check_architecture(const std::vector<char> &image);  // can the emulated device run it?
bool machine_code_has(const std::vector<char> &image, const char *kernel);

}  // namespace mien

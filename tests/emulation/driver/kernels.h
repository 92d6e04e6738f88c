// Kernels that were compiled for the host.
#pragma once

#include <string>

namespace mien {

// Take a kernel library in; its kernels go before those of the same name that came earlier. "" or what is wrong.
std::string register_kernels(const char *path);

}  // namespace mien

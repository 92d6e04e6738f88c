// Reading machine code and PTX as far as a driver does before it loads them.
#include "machine_code.h"

#include <cstring>

#include "driver.h"

namespace mien {

template <class Number>
static Number number_at(const char *image, size_t offset) {
    Number number;
    std::memcpy(&number, image + offset, sizeof number);
    return number;
}

constexpr uint32_t FAT_BINARY = 0xba55ed50;
static bool is_elf(const char *image) { return !std::memcmp(image, "\x7f" "ELF", 4); }

// Nobody says how long an image is: it ends with the section headers, or as text does.
size_t machine_code_bytes(const char *image) {
    if (is_elf(image))
        return number_at<uint64_t>(image, 40) + size_t(number_at<uint16_t>(image, 58)) * number_at<uint16_t>(image, 60);
    if (number_at<uint32_t>(image, 0) == FAT_BINARY) return number_at<uint64_t>(image, 8) + 16;
    return std::strlen(image) + 1;
}

CUresult check_architecture(const std::vector<char> &image) {
    const Settings &device = the.settings;
    if (is_elf(image.data())) {  // machine code runs on its own major version, from its minor one on
        const uint32_t flags = number_at<uint32_t>(image.data(), 48);
        const bool new_layout = (unsigned char)image[8] >= 8;
        const int sm = new_layout ? (flags >> 8) & 0xff : flags & 0xff;
        return sm / 10 == device.major && sm % 10 <= device.minor ? CUDA_SUCCESS : CUDA_ERROR_NO_BINARY_FOR_GPU;
    }
    if (number_at<uint32_t>(image.data(), 0) == FAT_BINARY) return CUDA_SUCCESS;
    const char *target = std::strstr(image.data(), ".target sm_");
    NEED(target, CUDA_ERROR_INVALID_IMAGE);
    return std::atoi(target + 11) <= device.major * 10 + device.minor ? CUDA_SUCCESS : CUDA_ERROR_NO_BINARY_FOR_GPU;
}

bool machine_code_has(const std::vector<char> &image, const char *kernel) {
    const std::string name(kernel);
    const std::string mark = is_elf(image.data()) ? ".text." + name + '\0' : ".entry " + name + "(";
    return memmem(image.data(), image.size(), mark.data(), mark.size()) != nullptr;
}

}  // namespace mien

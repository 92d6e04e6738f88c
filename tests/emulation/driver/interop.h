// OpenGL's textures and buffers in CUDA's hands, and what is on its way back.
#pragma once

#include "gl.h"

namespace mien {

struct Graphics {  // a registered texture or buffer
    bool is_buffer;
    GLenum target;
    GLuint name;
    unsigned flags, map_flags = 0;
    TextureShape shape;
    std::string mark;

    // While it is mapped:
    bool mapped = false;
    CUarray array_handle = nullptr;
    std::shared_ptr<Array> array;
    uintptr_t address = 0;
    size_t bytes = 0;

    bool has(unsigned flag) const { return ((flags | map_flags) & flag) != 0; }
};

// Unmapped by the application. OpenGL sees the new content no sooner than it has to: in the context that was current at
// the unmapping, with the next command; in others, once a fence made there afterwards has been waited for.
struct Upload {
    Graphics content;                 // as it was mapped
    std::shared_ptr<Record> passed;   // everything before the unmapping in its stream
    void *context;
    uint64_t sequence;
};

// Fences, as the tests tell them: `last_upload` when one is made, `settle` when it is waited for.
uint64_t last_upload();
void settle(void *context, uint64_t up_to, std::unique_lock<std::mutex> &lock);

}  // namespace mien

// The little of OpenGL that the driver calls, declared here: no development headers are needed.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "driver.h"

namespace mien {

using GLuint = unsigned;
using GLenum = unsigned;
using GLint = int;

constexpr GLenum GL_TEXTURE_2D = 0x0de1, GL_TEXTURE_RECTANGLE = 0x84f5;

struct TexelFormat {  // what cudaGL.h lists as registrable, as far as we have a use for it
    GLint internal;
    CUarray_format array;
    int channels;
    GLenum format, type;
    int channel_bytes;
};

struct TextureShape {
    GLint width = 0, height = 0;
    const TexelFormat *format = nullptr;  // nullptr: CUDA does not take this one
};

void *current_gl_context();  // of this thread; nullptr if there is none

// All of these need a current context and leave its bindings and pixel store as they were.
namespace gl {
void finish();
bool is_texture(GLuint texture);
bool is_buffer(GLuint buffer);
TextureShape shape(GLenum target, GLuint texture);
void read_texture(GLenum target, GLuint texture, const TexelFormat &format, void *into);
void write_texture(GLenum target, GLuint texture, const TextureShape &shape, const void *from);
size_t buffer_bytes(GLuint buffer);
void read_buffer(GLuint buffer, size_t bytes, void *into);
void write_buffer(GLuint buffer, size_t bytes, const void *from);
// A mark on the object itself, which one that was made anew under the same name does not have. "": it has none.
std::string mark(bool is_buffer, GLuint name);
void set_mark(bool is_buffer, GLuint name, const std::string &mark);
}  // namespace gl

}  // namespace mien

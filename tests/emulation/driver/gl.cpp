// Toolkits load OpenGL with RTLD_LOCAL, so that its functions are not among this library's global symbols: look into
// the libraries that are loaded already, and load none.
#include "gl.h"

#include <dlfcn.h>

namespace mien {

static void *loaded(const char *library, const char *function) {
    void *handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
    if (!handle) return nullptr;
    void *found = dlsym(handle, function);
    dlclose(handle);
    return found;
}

static void *glx(const char *function) {
    void *found = loaded("libGLX.so.0", function);
    return found ? found : loaded("libGL.so.1", function);
}

static void *current_glx_context() {
    const auto current = (void *(*)())glx("glXGetCurrentContext");
    return current ? current() : nullptr;
}

void *current_gl_context() {
    const auto current_egl = (void *(*)())loaded("libEGL.so.1", "eglGetCurrentContext");
    void *context = current_egl ? current_egl() : nullptr;
    return context ? context : current_glx_context();
}

static void *find_function(const char *name) {
    using Find = void *(*)(const char *);
    const auto find_glx = current_glx_context() ? (Find)glx("glXGetProcAddressARB") : nullptr;
    const auto find_egl = (Find)loaded("libEGL.so.1", "eglGetProcAddress");
    void *found = find_glx ? find_glx(name) : nullptr;
    return !found && find_egl ? find_egl(name) : found;
}

namespace {

// A function of OpenGL, looked up at its first call.
template <class Result, class... Arguments>
class Function {
public:
    explicit Function(const char *name) : name(name) {}
    Result operator()(Arguments... arguments) {
        if (!found) found = (Result(*)(Arguments...))find_function(name);
        return found(arguments...);
    }
    bool exists() { return find_function(name) != nullptr; }

private:
    const char *name;
    Result (*found)(Arguments...) = nullptr;
};

Function<void> Finish("glFinish");
Function<void, GLenum, GLint *> GetIntegerv("glGetIntegerv");
Function<unsigned char, GLuint> IsTexture("glIsTexture"), IsBuffer("glIsBuffer");
Function<void, GLenum, GLuint> BindTexture("glBindTexture"), BindBuffer("glBindBuffer");
Function<void, GLenum, GLint> PixelStorei("glPixelStorei");
Function<void, GLenum, GLint, GLenum, GLint *> GetTexLevelParameteriv("glGetTexLevelParameteriv");
Function<void, GLenum, GLint, GLenum, GLenum, void *> GetTexImage("glGetTexImage");
Function<void, GLenum, GLint, GLint, GLint, GLint, GLint, GLenum, GLenum, const void *> TexSubImage2D(
    "glTexSubImage2D");
Function<void, GLenum, GLenum, GLint *> GetBufferParameteriv("glGetBufferParameteriv");
Function<void, GLenum, ptrdiff_t, ptrdiff_t, void *> GetBufferSubData("glGetBufferSubData");
Function<void, GLenum, ptrdiff_t, ptrdiff_t, const void *> BufferSubData("glBufferSubData");
Function<void, GLenum, GLuint, GLint, const char *> ObjectLabel("glObjectLabel");
Function<void, GLenum, GLuint, GLint, GLint *, char *> GetObjectLabel("glGetObjectLabel");

constexpr GLenum TEXTURE_WIDTH = 0x1000, TEXTURE_HEIGHT = 0x1001, TEXTURE_INTERNAL_FORMAT = 0x1003;
constexpr GLenum TEXTURE_BINDING_2D = 0x8069, TEXTURE_BINDING_RECTANGLE = 0x84f6;
constexpr GLenum PIXEL_PACK_BUFFER = 0x88eb, PIXEL_PACK_BUFFER_BINDING = 0x88ed;
constexpr GLenum PIXEL_UNPACK_BUFFER = 0x88ec, PIXEL_UNPACK_BUFFER_BINDING = 0x88ef;
constexpr GLenum COPY_READ_BUFFER = 0x8f36, COPY_READ_BUFFER_BINDING = 0x8f36, BUFFER_SIZE = 0x8764;
constexpr GLenum PIXEL_STORE[][2] = {  // and what we want it to be
    {0x0cf2, 0}, {0x0cf3, 0}, {0x0cf4, 0}, {0x0cf5, 1},  // unpack: row length, rows and pixels to skip, alignment
    {0x0d02, 0}, {0x0d03, 0}, {0x0d04, 0}, {0x0d05, 1},  // pack: likewise
};
constexpr GLenum LABEL_TEXTURE = 0x1702, LABEL_BUFFER = 0x82e0;

GLint integer(GLenum name) {
    GLint value = 0;
    GetIntegerv(name, &value);
    return value;
}

// A texture is bound, pixels go to and from plain memory without padding; all is as it was at the end.
class BoundTexture {
public:
    BoundTexture(GLenum target, GLuint texture) : target(target) {
        former = integer(target == GL_TEXTURE_2D ? TEXTURE_BINDING_2D : TEXTURE_BINDING_RECTANGLE);
        pack = integer(PIXEL_PACK_BUFFER_BINDING);
        unpack = integer(PIXEL_UNPACK_BUFFER_BINDING);
        BindBuffer(PIXEL_PACK_BUFFER, 0);
        BindBuffer(PIXEL_UNPACK_BUFFER, 0);
        for (int at = 0; at < 8; at++) {
            store[at] = integer(PIXEL_STORE[at][0]);
            PixelStorei(PIXEL_STORE[at][0], GLint(PIXEL_STORE[at][1]));
        }
        BindTexture(target, texture);
    }
    ~BoundTexture() {
        BindTexture(target, GLuint(former));
        BindBuffer(PIXEL_PACK_BUFFER, GLuint(pack));
        BindBuffer(PIXEL_UNPACK_BUFFER, GLuint(unpack));
        for (int at = 0; at < 8; at++) PixelStorei(PIXEL_STORE[at][0], store[at]);
    }

private:
    GLenum target;
    GLint former, pack, unpack, store[8];
};

class BoundBuffer {
public:
    explicit BoundBuffer(GLuint buffer) : former(integer(COPY_READ_BUFFER_BINDING)) {
        BindBuffer(COPY_READ_BUFFER, buffer);
    }
    ~BoundBuffer() { BindBuffer(COPY_READ_BUFFER, GLuint(former)); }

private:
    GLint former;
};

constexpr GLenum RED = 0x1903, RG = 0x8227, RGBA = 0x1908;
constexpr GLenum UBYTE = 0x1401, USHORT = 0x1403, FLOAT = 0x1406, HALF = 0x140b;
const TexelFormat FORMATS[] = {
    {0x8229, CU_AD_FORMAT_UNSIGNED_INT8, 1, RED, UBYTE, 1},   {0x822b, CU_AD_FORMAT_UNSIGNED_INT8, 2, RG, UBYTE, 1},
    {0x8058, CU_AD_FORMAT_UNSIGNED_INT8, 4, RGBA, UBYTE, 1},  {0x822a, CU_AD_FORMAT_UNSIGNED_INT16, 1, RED, USHORT, 2},
    {0x822c, CU_AD_FORMAT_UNSIGNED_INT16, 2, RG, USHORT, 2},  {0x805b, CU_AD_FORMAT_UNSIGNED_INT16, 4, RGBA, USHORT, 2},
    {0x822d, CU_AD_FORMAT_HALF, 1, RED, HALF, 2},             {0x822f, CU_AD_FORMAT_HALF, 2, RG, HALF, 2},
    {0x881a, CU_AD_FORMAT_HALF, 4, RGBA, HALF, 2},            {0x822e, CU_AD_FORMAT_FLOAT, 1, RED, FLOAT, 4},
    {0x8230, CU_AD_FORMAT_FLOAT, 2, RG, FLOAT, 4},            {0x8814, CU_AD_FORMAT_FLOAT, 4, RGBA, FLOAT, 4},
};

}  // namespace

namespace gl {

void finish() { Finish(); }
bool is_texture(GLuint texture) { return IsTexture(texture); }
bool is_buffer(GLuint buffer) { return IsBuffer(buffer); }

TextureShape shape(GLenum target, GLuint texture) {
    const BoundTexture bound(target, texture);
    TextureShape found;
    GLint internal = 0;
    GetTexLevelParameteriv(target, 0, TEXTURE_WIDTH, &found.width);
    GetTexLevelParameteriv(target, 0, TEXTURE_HEIGHT, &found.height);
    GetTexLevelParameteriv(target, 0, TEXTURE_INTERNAL_FORMAT, &internal);
    for (const TexelFormat &format : FORMATS)
        if (format.internal == internal) found.format = &format;
    return found;
}

void read_texture(GLenum target, GLuint texture, const TexelFormat &format, void *into) {
    const BoundTexture bound(target, texture);
    GetTexImage(target, 0, format.format, format.type, into);
}

void write_texture(GLenum target, GLuint texture, const TextureShape &shape, const void *from) {
    const BoundTexture bound(target, texture);
    TexSubImage2D(target, 0, 0, 0, shape.width, shape.height, shape.format->format, shape.format->type, from);
}

size_t buffer_bytes(GLuint buffer) {
    const BoundBuffer bound(buffer);
    GLint bytes = 0;
    GetBufferParameteriv(COPY_READ_BUFFER, BUFFER_SIZE, &bytes);
    return size_t(bytes);
}

void read_buffer(GLuint buffer, size_t bytes, void *into) {
    const BoundBuffer bound(buffer);
    GetBufferSubData(COPY_READ_BUFFER, 0, ptrdiff_t(bytes), into);
}

void write_buffer(GLuint buffer, size_t bytes, const void *from) {
    const BoundBuffer bound(buffer);
    BufferSubData(COPY_READ_BUFFER, 0, ptrdiff_t(bytes), from);
}

std::string mark(bool is_buffer, GLuint name) {
    char text[64] = "";
    GLint length = 0;
    if (GetObjectLabel.exists())
        GetObjectLabel(is_buffer ? LABEL_BUFFER : LABEL_TEXTURE, name, sizeof text, &length, text);
    return text;
}

void set_mark(bool is_buffer, GLuint name, const std::string &mark) {
    if (ObjectLabel.exists())
        ObjectLabel(is_buffer ? LABEL_BUFFER : LABEL_TEXTURE, name, GLint(mark.size()), mark.c_str());
}

}  // namespace gl
}  // namespace mien

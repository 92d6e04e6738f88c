// What the tests' control object calls: switches, failures, the report. Names begin with mien_, arguments are plain C.
#pragma once

#include <cstdint>

extern "C" {
int mien_set(const char *setting, long long value);  // 0: there is no such setting
int mien_fail(const char *api, int code, int nth, int sticky, int null_handle);
const char *mien_register(const char *library);  // "" or what is wrong
const char *mien_report();                       // JSON, valid until the next call
void mien_reset(unsigned long long keep_up_to);  // forget failures, counts and faults; see the definition
unsigned long long mien_newest_handle();
void mien_finish();                                              // run what is pending, in CUDA and for OpenGL
void mien_enqueue(void *stream, void (*function)(void *), void *user);  // device work that is written in Python
void mien_device_access(int on);                                 // the host may touch protected memory meanwhile
unsigned long long mien_gl_context();                            // of this thread; 0 if there is none
unsigned long long mien_gl_position();
void mien_gl_settle(unsigned long long context, unsigned long long position);
}

// A kernel that goes wrong ends, and with it the device: CUDA_ERROR_ILLEGAL_ADDRESS for good, the process goes on.
#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "driver.h"

namespace mien {

static thread_local sigjmp_buf *escape = nullptr;  // where a fault leaves the running kernel to
static thread_local const char *fault_text = "";
static struct sigaction before_segv, before_bus;

void kernel_fault(const char *why) {
    if (!escape) std::abort();  // a kernel library called this outside of a launch
    fault_text = why;
    siglongjmp(*escape, 1);
}

static void on_signal(int number, siginfo_t *info, void *) {
    if (!escape) {  // not a kernel: as if we had never been here, the instruction is tried again
        sigaction(number, number == SIGSEGV ? &before_segv : &before_bus, nullptr);
        return;
    }
    static char text[80];
    std::snprintf(text, sizeof text, "address %p, where nothing is allocated", info->si_addr);
    kernel_fault(text);
}

bool survives(const std::function<void()> &kernel) {
    struct sigaction ours {};
    ours.sa_sigaction = on_signal;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(SIGSEGV, &ours, &before_segv);
    sigaction(SIGBUS, &ours, &before_bus);
    sigjmp_buf here;
    escape = &here;
    // Saves the signal mask: the jump may come out of a signal handler.
    const bool survived = sigsetjmp(here, 1) == 0;
    if (survived) kernel();
    escape = nullptr;
    sigaction(SIGSEGV, &before_segv, nullptr);
    sigaction(SIGBUS, &before_bus, nullptr);
    if (!survived) lose_device(CUDA_ERROR_ILLEGAL_ADDRESS, std::string("kernel fault: ") + fault_text);
    return survived;
}

}  // namespace mien

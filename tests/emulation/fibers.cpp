/* From one stack to another (x86-64, System V): ucontext would cost a system call each time. */
asm(R"(
.text
.globl mien_switch
.hidden mien_switch
.type mien_switch, @function
mien_switch:
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, (%rdi)
    mov %rsi, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    ret
.size mien_switch, .-mien_switch
.section .note.GNU-stack, "", @progbits
)");

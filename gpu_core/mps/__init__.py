"""CUDA's multi-process service (MPS): processes that share a GPU at once instead of in turns. Linux alone has it.

Nothing in here calls CUDA. A process becomes a client by what its environment says before its first call to CUDA:
`environment` makes that; `looking` finds daemons, `running` starts and stops ours, `deaths` says what one client's end
took along.

    mps = looking.in_use()                                         # a daemon that answers, ours or inherited, or None
    said = environment.worker_environment(limits, mps)             # for the process that is to be a client
    with running.started(gpu) as mps: ...                          # ours, for the length of a block; only if asked for

Pictures under MPS: OpenGL is no client of it, and whether its textures may be registered with a client's CUDA is
documented nowhere, so it is tried at run time as everywhere (`gpu_core.cuda.interop`). Where it is refused, OpenGL goes
on drawing outside of MPS and the generator infers inside of it, in the same process, with pictures passing through
page-locked host memory: the tier "host copy", which needs nothing of the driver but plain copies.

CUDA IPC was thought through instead, and is not used:
- A process outside of MPS would have to hold the passage, so one more CUDA context a face, which takes turns with the
  MPS server: the very switching that MPS is there to avoid.
- What is mapped from OpenGL cannot be exported. IPC takes memory of cuMemAlloc (or of the virtual memory calls), so
  each picture is copied on the GPU on both sides in any case.
- Whether handles pass between a client and a process outside depends on the driver, and is as unproven as the passage.
- Order would hang on events shared by two processes, and the death of one leaves the other with memory that is gone.
- It would save little: 8 bytes for each pixel over the bus are 52 MB/s for a face of 512 x 512 at 25 fps; PCIe 3.0 x16
  carries some 12 GB/s, 4.0 twice that. A dozen faces take 5 % of the older one.

Unproven on hardware: all of this room has met doubles of the daemon and of the driver only.
"""

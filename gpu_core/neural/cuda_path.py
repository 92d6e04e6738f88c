"""The NVIDIA path: the pictures stay on the GPU from the framebuffer to the display texture."""

"""The only room that calls CUDA: driver, kernels, the passage to and from OpenGL. It knows no network and no path."""

"""The only room that calls OpenGL. Everything here needs a current context and never changes which one is current."""

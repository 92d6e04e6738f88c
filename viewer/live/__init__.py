"""Live capture in the window: what is heard, who drives the face, and the short way to the engine."""

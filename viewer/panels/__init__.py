"""One panel, one file. Panels see the viewer model, never the engine, and never each other."""

"""The face itself as a handle: what lies under the mouse, and which shapes follow it."""

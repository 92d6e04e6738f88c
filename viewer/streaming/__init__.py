"""Streams in the window: what is asked for, how they go, what this machine holds. Qt over `viewer.streams`."""

"""Takes to video files, without a window."""

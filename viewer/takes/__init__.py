"""Takes in and out of the window, and keys by hand."""

"""What `mien bench` measures besides the window: quality against path-traced truth, and inference engines. No Qt."""

"""Camera and lights of the free views, and what is behind a face."""

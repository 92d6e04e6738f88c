"""Many faces at once: a worker process each, or one batch; watched, restarted, shown and pushed. Knows no Qt."""

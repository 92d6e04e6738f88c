"""Offline work on many processes and machines, by Ray: takes cut into segments, rendered, joined. Knows no Qt."""

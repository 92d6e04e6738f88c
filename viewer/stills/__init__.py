"""Pictures to keep: stills and turntables."""

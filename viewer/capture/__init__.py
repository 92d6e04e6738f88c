"""Live capture: faces from phones and trackers over the network, as expressions. Knows no Qt and no engine."""

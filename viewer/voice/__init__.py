"""Speech in the window: a text typed, seen taken apart, changed and heard."""

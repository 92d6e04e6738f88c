"""The timeline below the face: what it shows, what hands do to it."""

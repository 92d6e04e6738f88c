"""What the engineer's panels show of frames, as arrays, as text and as pictures."""

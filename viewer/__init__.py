"""The window of Mien: shows and steers, computes nothing."""

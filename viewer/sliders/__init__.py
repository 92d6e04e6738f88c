"""Sliders of shapes, and what a hand may move."""

"""Presets as pictures: kept, drawn, mixed."""

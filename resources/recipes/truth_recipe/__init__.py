"""How path-traced truth is made: plan a pose table, pose the head as the app does, render it with Blender's Cycles.

Only the `cycles_*` modules import `bpy`; everything else runs without it. Units are decimetres and degrees.
"""

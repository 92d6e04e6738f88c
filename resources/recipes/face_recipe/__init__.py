"""How the default face is made: CC0 base mesh and targets in, geometry, textures and a GLB out. See `bake_face.py`.

Units are decimetres until the GLB is written, +Y up, +Z out of the face, +X the character's left.
"""

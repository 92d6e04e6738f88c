"""Surfaces and fibres as Blender materials."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

from truth_recipe.head import Fibre, Picture, Surface

_SKIN_RADIUS = (1.0, 0.36, 0.20)  # of red, green and blue light in skin, relative
_SKIN_IOR = 1.42
_BUMP_STRENGTH, _BUMP_DISTANCE = 0.30, 0.014  # decimetres
_CORNEA_IOR = 1.38


def surface_material(name: str, surface: Surface) -> Any:
    """Build the material of a surface."""
    if surface.glass:
        return _glass(name, surface)
    material = _empty(name)
    shader = _add(material, "ShaderNodeBsdfPrincipled")
    inputs = shader.inputs
    inputs["Base Color"].default_value = (*surface.colour, 1)
    inputs["Roughness"].default_value = surface.roughness
    inputs["Specular IOR Level"].default_value = surface.specular
    inputs["Coat Weight"].default_value = surface.coat
    inputs["Coat Roughness"].default_value = surface.coat_roughness
    inputs["Sheen Weight"].default_value = surface.sheen
    inputs["Subsurface Weight"].default_value = surface.subsurface
    inputs["Subsurface Scale"].default_value = surface.scattering
    if surface.is_skin:
        _make_skin(shader)
    if surface.picture is not None:
        _link(material, _picture(material, f"{name} colour", surface.picture), inputs["Base Color"])
    if surface.roughness_picture is not None:
        _link(material, _picture(material, f"{name} roughness", surface.roughness_picture), inputs["Roughness"])
    if surface.bump is not None:
        _add_bump(material, shader, _picture(material, f"{name} bump", surface.bump))
    _finish(material, shader)
    return material


def fibre_material(name: str, fibre: Fibre) -> Any:
    """Build the material of hairs (Chiang et al. 2016)."""
    material = _empty(name)
    shader = _add(material, "ShaderNodeBsdfHairPrincipled")
    shader.model = "CHIANG"
    shader.parametrization = "MELANIN" if fibre.colour is None else "COLOR"
    if fibre.colour is None:
        shader.inputs["Melanin"].default_value = fibre.melanin
        shader.inputs["Melanin Redness"].default_value = fibre.redness
        shader.inputs["Random Color"].default_value = 0.25  # there is no such input beside a colour
    else:
        shader.inputs["Color"].default_value = (*fibre.colour, 1)
    shader.inputs["Roughness"].default_value = fibre.roughness
    shader.inputs["Radial Roughness"].default_value = fibre.roughness
    shader.inputs["Random Roughness"].default_value = 0.2
    _finish(material, shader)
    return material


def _make_skin(shader: Any) -> None:
    shader.subsurface_method = "BURLEY"
    shader.inputs["Subsurface Radius"].default_value = _SKIN_RADIUS
    shader.inputs["IOR"].default_value = _SKIN_IOR


def _add_bump(material: Any, shader: Any, height: Any) -> None:
    bump = _add(material, "ShaderNodeBump")
    bump.inputs["Strength"].default_value = _BUMP_STRENGTH
    bump.inputs["Distance"].default_value = _BUMP_DISTANCE
    _link(material, height, bump.inputs["Height"])
    _link(material, bump, shader.inputs["Normal"])


def _glass(name: str, surface: Surface) -> Any:
    """Build a film that is clear but for its reflections: light passes without being bent."""
    material = _empty(name)
    mix, fresnel = _add(material, "ShaderNodeMixShader"), _add(material, "ShaderNodeFresnel")
    clear, glossy = _add(material, "ShaderNodeBsdfTransparent"), _add(material, "ShaderNodeBsdfGlossy")
    fresnel.inputs["IOR"].default_value = _CORNEA_IOR
    glossy.inputs["Roughness"].default_value = surface.roughness
    for source, place in ((fresnel, 0), (clear, 1), (glossy, 2)):
        _link(material, source, mix.inputs[place])
    _finish(material, mix)
    return material


def _picture(material: Any, name: str, pixels: Picture) -> Any:
    """Add an image node. Four channels are an sRGB colour, one channel is a plain number."""
    is_map = pixels.ndim == 2
    height, width = pixels.shape[:2]
    share = pixels.astype(np.float32) / np.iinfo(pixels.dtype).max
    if is_map:
        share = np.stack([share, share, share, np.ones_like(share)], axis=-1)
    image = bpy.data.images.new(name, width, height, alpha=True, float_buffer=pixels.dtype == np.uint16)
    image.colorspace_settings.name = "Non-Color" if is_map else "sRGB"
    image.alpha_mode = "CHANNEL_PACKED"
    image.pixels.foreach_set(np.ascontiguousarray(share[::-1]).ravel())
    image.update()
    node = _add(material, "ShaderNodeTexImage")
    node.image, node.interpolation = image, "Cubic"
    return node


def _empty(name: str) -> Any:
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    material.node_tree.nodes.clear()
    return material


def _add(material: Any, kind: str) -> Any:
    return material.node_tree.nodes.new(kind)


def _link(material: Any, source: Any, target: Any) -> None:
    """Connect a node's first output."""
    material.node_tree.links.new(source.outputs[0], target)


def _finish(material: Any, shader: Any) -> None:
    _link(material, shader, _add(material, "ShaderNodeOutputMaterial").inputs["Surface"])

"""Camera, light and settings of the truth: a contract with the app's renderer, which copies them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import bpy
from mathutils import Vector

from gpu_core.settings import Camera

SIZE = 512  # pixels, square
_LIGHTS_AIM = (0.0, 6.5, 0.6)
_WORLD_COLOUR, _WORLD_STRENGTH = (0.55, 0.60, 0.68, 1.0), 0.22


@dataclass(frozen=True)
class AreaLight:
    """A square lamp aimed at the face: side in decimetres, power in Blender's watts."""

    name: str
    place: tuple[float, float, float]
    side: float
    power: float
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)


LIGHTS = (
    AreaLight("key", (6.5, 10.5, 11), 4.5, 1550, (1, 0.955, 0.90)),
    AreaLight("fill", (-10, 7, 8), 8, 620, (0.90, 0.95, 1)),
    AreaLight("rim", (-6, 10, -8), 4, 1500, (0.95, 0.97, 1)),
    AreaLight("second rim", (8, 8, -7), 3, 700, (1, 0.95, 0.9)),
    AreaLight("top", (0, 14, 2), 6, 260),
)


def set_stage(threads: int) -> Any:
    """Return an empty scene with camera, light and settings; whatever was there before is gone."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    _set_quality(scene.cycles)
    _set_output(scene.render, threads)
    scene.view_settings.view_transform, scene.view_settings.look = "Standard", "None"
    for light in LIGHTS:
        _add_light(scene, light)
    _add_world(scene)
    _add_camera(scene, Camera())
    return scene


def _set_quality(cycles: Any) -> None:
    cycles.device = "CPU"
    cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
    cycles.denoising_input_passes, cycles.denoising_prefilter = "RGB_ALBEDO_NORMAL", "FAST"
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 6, 3, 3
    cycles.transmission_bounces, cycles.transparent_max_bounces = 4, 16
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect, cycles.sample_clamp_direct = 4, 8
    cycles.use_adaptive_sampling, cycles.adaptive_threshold = True, 0.02
    cycles.blur_glossy = 0.5


def _set_output(render: Any, threads: int) -> None:
    render.engine = "CYCLES"
    render.threads_mode, render.threads = "FIXED", threads
    render.film_transparent, render.use_persistent_data = True, True
    render.resolution_x = render.resolution_y = SIZE
    render.resolution_percentage = 100
    render.image_settings.file_format, render.image_settings.color_mode = "PNG", "RGBA"
    render.image_settings.compression = 0


def _add_light(scene: Any, light: AreaLight) -> None:
    lamp = bpy.data.lights.new(light.name, "AREA")
    lamp.shape, lamp.size, lamp.energy, lamp.color = "SQUARE", light.side, light.power, light.colour
    item = bpy.data.objects.new(light.name, lamp)
    item.location = light.place
    item.rotation_euler = (Vector(_LIGHTS_AIM) - Vector(light.place)).to_track_quat("-Z", "Y").to_euler()
    scene.collection.objects.link(item)


def _add_world(scene: Any) -> None:
    world = bpy.data.worlds.new("surroundings")
    world.use_nodes = True
    background = next(node for node in world.node_tree.nodes if node.type == "BACKGROUND")
    background.inputs["Color"].default_value = _WORLD_COLOUR
    background.inputs["Strength"].default_value = _WORLD_STRENGTH
    scene.world = world


def _add_camera(scene: Any, camera: Camera) -> None:
    x, y, z = camera.target
    lens = bpy.data.cameras.new("camera")
    lens.sensor_fit, lens.angle = "VERTICAL", 2 * math.atan(camera.half_height / camera.distance)
    lens.clip_end = 100
    item = bpy.data.objects.new("camera", lens)
    item.location = (x, y, z + camera.distance)
    scene.collection.objects.link(item)
    scene.camera = item

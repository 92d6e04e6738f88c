"""How the render and texture images are looked at: a camera and lights that are free, unlike the generator's.

A generator knows one camera and one light, those of `settings.Camera` and `settings.Lighting`, and always gets them.
What a person looks at beside it may be seen from anywhere. Plain values; `gl.free_pass` draws with them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from gpu_core.settings import Camera, Lighting

FILM_HALF_MM = 12.0  # of a 35 mm film's 24 mm: the picture's height, which square pictures share with wider ones
LENS_MM = (14.0, 400.0)
DISTANCE_DM = (3.5, 100.0)
PITCH_DEG = 89.0  # straight up there would be no telling where "up" is in the picture
PAN_DM = 3.0
# Room before and behind the target that nothing of a face or its shoulders leaves.
BEFORE_DM, BEHIND_DM = 4.0, 6.0


@dataclass(frozen=True)
class FreeCamera:
    """A camera on a sphere around the face. Angles in degrees, lengths in decimetres; the default is the trained one.

    `yaw` goes to the character's left, which is the picture's right; `pitch` goes up. `pan` moves camera and target
    along the picture's right and up. `lens_mm` is the focal length on 35 mm film with the picture as high as the film.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    distance: float = Camera.distance
    lens_mm: float = FILM_HALF_MM * Camera.distance / Camera.half_height
    pan: tuple[float, float] = (0.0, 0.0)

    @property
    def half_height(self) -> float:
        """Half of what the picture shows at the target."""
        return self.distance * FILM_HALF_MM / self.lens_mm

    def clamped(self) -> FreeCamera:
        """The nearest camera there can be; what is no number becomes the default's."""
        yaw, pitch, distance, lens = map(_finite_or, *zip(*_with_defaults(self), strict=True))
        pan_x, pan_y = (min(max(_finite_or(value, 0.0), -PAN_DM), PAN_DM) for value in self.pan)
        return FreeCamera(
            (yaw + 180.0) % 360.0 - 180.0 if not -180.0 <= yaw <= 180.0 else yaw,
            min(max(pitch, -PITCH_DEG), PITCH_DEG),
            min(max(distance, DISTANCE_DM[0]), DISTANCE_DM[1]),
            min(max(lens, LENS_MM[0]), LENS_MM[1]),
            (pan_x, pan_y),
        )

    def with_lens(self, lens_mm: float) -> FreeCamera:
        """Another lens from where the face is as large in the picture: perspective changes, and nothing else."""
        return replace(self, lens_mm=lens_mm, distance=self.distance * lens_mm / self.lens_mm)

    def axes(self) -> NDArray[np.float64]:
        """The picture's right and up, and the direction to the viewer, as the rows of a (3, 3) rotation."""
        yaw, pitch = math.radians(self.yaw), math.radians(self.pitch)
        right = (math.cos(yaw), 0.0, -math.sin(yaw))
        back = (math.sin(yaw) * math.cos(pitch), math.sin(pitch), math.cos(yaw) * math.cos(pitch))
        return np.array([right, np.cross(back, right), back])

    def eye(self) -> NDArray[np.float64]:
        """Where the camera is, (3,)."""
        axes = self.axes()
        centre = np.add(Camera.target, self.pan[0] * axes[0] + self.pan[1] * axes[1])
        return np.asarray(centre + self.distance * axes[2])

    def clip_from_world(self) -> NDArray[np.float32]:
        """The camera as a (4, 4) float32 matrix for column vectors."""
        near = max(0.2, min(self.distance / 2, self.distance - BEFORE_DM))
        far = max(self.distance * 2, self.distance + BEHIND_DM)
        focal = self.lens_mm / FILM_HALF_MM
        projection = np.diag([focal, focal, -(far + near) / (far - near), 0.0])
        projection[2, 3], projection[3, 2] = -2 * far * near / (far - near), -1.0
        view = np.eye(4)
        view[:3, :3] = self.axes()
        view[:3, 3] = -self.axes() @ self.eye()
        return np.asarray(projection @ view, np.float32)


@dataclass(frozen=True)
class Look:
    """Camera and light of the free views."""

    camera: FreeCamera = field(default_factory=FreeCamera)
    lighting: Lighting = field(default_factory=Lighting)


TRAINED = Look()


def _with_defaults(camera: FreeCamera) -> tuple[tuple[float, float], ...]:
    usual = FreeCamera()
    names = ("yaw", "pitch", "distance", "lens_mm")
    return tuple((getattr(camera, name), getattr(usual, name)) for name in names)


def _finite_or(value: float, otherwise: float) -> float:
    return value if math.isfinite(value) else otherwise

"""Golden pictures: compare with a reference, leave something to look at when they differ.

References are made on Mesa's llvmpipe, and only there is a comparison fair: other rasterisers round edges otherwise.
`./test --regenerate-references` writes them; look at what changed before committing it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

EXPECTED_RASTERISER = "llvmpipe"
Pixels = NDArray[np.uint8]  # (height, width, 3 or 4), top row first


@dataclass(frozen=True)
class Approval:
    """Compares pictures with those in FOLDER/references and puts differences into FOLDER/diffs."""

    folder: Path
    regenerate: bool
    rasteriser: str

    def __call__(self, image: Pixels, name: str, *, mean: float = 0.5, largest: int = 40) -> None:
        """Fail if `image` is further than `mean` or, anywhere, `largest` (of 255) from the reference called `name`."""
        reference = self.folder / "references" / f"{name}.png"
        if EXPECTED_RASTERISER not in self.rasteriser:
            pytest.skip(f"references hold for {EXPECTED_RASTERISER}, this is {self.rasteriser or 'no OpenGL'}")
        if self.regenerate:
            reference.parent.mkdir(exist_ok=True)
            Image.fromarray(image).save(reference)
            return
        if not reference.exists():
            self._keep(name, image)
            pytest.fail(f"no reference {reference.name}: look at tests/diffs, then ./test --regenerate-references")
        with Image.open(reference) as file:
            wanted = np.asarray(file)
        self._compare(image, wanted, name, mean, largest)

    def _compare(self, image: Pixels, wanted: Pixels, name: str, mean: float, largest: int) -> None:
        if image.shape != wanted.shape:
            self._keep(name, image)
            pytest.fail(f"{name} is {image.shape}, its reference {wanted.shape}")
        distance = np.abs(image.astype(np.int16) - wanted.astype(np.int16))
        if distance.mean() > mean or distance.max() > largest:
            self._keep(name, image, np.minimum(distance * 4, 255).astype(np.uint8)[..., :3])
            pytest.fail(
                f"{name} differs from its reference: mean {distance.mean():.3f} (allowed {mean:g}), "
                f"largest {distance.max()} (allowed {largest}); see tests/diffs/{name}-*.png"
            )

    def _keep(self, name: str, image: Pixels, difference: Pixels | None = None) -> None:
        folder = self.folder / "diffs"
        folder.mkdir(exist_ok=True)
        Image.fromarray(image).save(folder / f"{name}-is.png")
        if difference is not None:
            Image.fromarray(difference).save(folder / f"{name}-difference-times-4.png")

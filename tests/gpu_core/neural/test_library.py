"""What ships: every generator by its card, the fast one first, variants only behind their original."""

from __future__ import annotations

import pytest

from gpu_core.assets import resource, shipped_faces
from gpu_core.contract import picture_contract
from gpu_core.gltf.face import load_face
from gpu_core.neural import library
from gpu_core.neural.signature import InputTensor, OutputTensor, Signature
from tests.networks import save_network, sha256


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    monkeypatch.setattr(library, "resource", lambda *_: tmp_path)
    return tmp_path


def signature(side: int) -> dict[str, object]:
    form = {"width": side, "height": side}
    output = OutputTensor("face", 4, **form)
    return Signature((InputTensor("pair", ("texture", "render"), **form),), output).to_dict()


def test_generators_are_found_by_contract_the_fast_one_first(shelf):
    for name, contract in (("fine", "a"), ("swift", "a"), ("man-swift", "b"), ("man-fine", "b")):
        save_network(shelf, name, contract)
    assert [model.name for model in library.shipped_models("b")] == ["man-swift", "man-fine"]
    assert [model.name for model in library.shipped_models("a")] == ["swift", "fine"]
    assert library.shipped_models("c") == []
    assert len(library.shipped_models()) == 4


@pytest.mark.parametrize(("size", "name"), [(64, "swift-32"), (32, "swift-32"), (16, "swift-16"), (8, "swift-16")])
def test_pictures_get_the_smallest_generator_that_makes_all_of_them(shelf, size, name):
    face = load_face(shipped_faces()["face"])
    for stem, side in (("fine", 16), ("swift-16", 16), ("swift-32", 32)):
        save_network(shelf, stem, picture_contract(face.sha256), signature=signature(side))
    assert library.generator_for(face, size).name == name


def test_a_face_whose_only_generator_is_a_slow_one_gets_that(shelf):
    face = load_face(shipped_faces()["face"])
    save_network(shelf, "fine", picture_contract(face.sha256))
    assert library.generator_for(face, 8).name == "fine"
    assert not library.is_usual(library.generator_for(face), picture_contract(face.sha256))


def test_variants_are_not_listed_by_themselves(shelf):
    original = save_network(shelf, "swift", "a")
    save_network(shelf, "swift.int8", "a", precision="int8", made_from=sha256(original))
    assert [model.path for model in library.shipped_models()] == [original]


def test_a_network_without_a_card_is_no_part_of_what_ships(shelf):
    save_network(shelf, "swift", "a").with_suffix(".json").unlink()
    assert library.shipped_models() == []


@pytest.mark.parametrize("name", shipped_faces())
def test_every_shipped_face_that_has_a_generator_gets_its_own(name):
    face = load_face(shipped_faces()[name])
    model = library.generator_for(face)
    if name == "face":
        assert model.name == "swift"
    if model is not None:
        assert model.contract == picture_contract(face.sha256)


def test_every_shipped_card_is_true_of_its_file():
    models = library.shipped_models()
    assert models
    assert all(model.trusted for model in models)
    assert {model.path for model in models} <= set(resource("models").glob("*.onnx"))

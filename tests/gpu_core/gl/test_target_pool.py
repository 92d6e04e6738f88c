"""The pool of target sets: numbers never mean two sets, and nobody loses what is on the screen."""

from __future__ import annotations

import pytest
from OpenGL import GL

from gpu_core.atlas import Atlas
from gpu_core.errors import GLError
from gpu_core.gl import target_pool
from gpu_core.gl.target_pool import TargetPool, make_sets
from gpu_core.gl.targets import TargetSet
from gpu_core.settings import View

pytestmark = pytest.mark.gl


@pytest.fixture
def pool(gl_context):
    made = TargetPool()
    made.replace(make_sets(Atlas(1, 16), 2))
    yield made
    made.close()
    made.close()


def is_there(target: TargetSet) -> bool:
    return bool(target.textures) and bool(GL.glIsTexture(target.textures[View.RENDER]))


def test_sets_go_round(pool):
    first, second = pool.take(), pool.take()
    assert first != second
    assert not pool.has_free
    pool.give_back(first)
    assert pool.first_free == first == pool.take()


def test_a_set_in_use_outlives_its_replacement(pool):
    held, idle = pool.take(), pool[pool.first_free]
    old = pool[held]
    pool.replace(make_sets(Atlas(2, 32), 3))
    assert not is_there(idle)
    assert is_there(old)
    assert held not in {pool.take() for _ in range(3)}
    pool.give_back(held)
    assert not is_there(old)
    assert not pool.has_free
    pool.give_back(held)  # twice does no harm
    assert len(pool) == 3


def test_making_some_but_not_all_leaves_none(gl_context, monkeypatch):
    made = []

    def limited(atlas):
        if len(made) == 2:
            raise GLError("no memory is left")
        made.append(TargetSet(atlas))
        return made[-1]

    monkeypatch.setattr(target_pool, "TargetSet", limited)
    with pytest.raises(GLError, match="no memory"):
        make_sets(Atlas(1, 16), 3)
    assert [target.textures for target in made] == [{}, {}]

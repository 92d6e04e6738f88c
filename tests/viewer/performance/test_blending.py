"""Between two faces: the ends exactly, the middle in between."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gpu_core.expression import ARKIT_SHAPES, NEUTRAL, Expression
from viewer.performance.blending import blended

FACES = st.builds(
    Expression, st.tuples(*[st.floats(0, 1)] * len(ARKIT_SHAPES)), st.floats(-9, 9), st.floats(-9, 9), st.floats(-9, 9)
)


@given(FACES, FACES)
def test_the_ends_are_exact(one: Expression, other: Expression) -> None:
    assert blended(one, other, 0.0) is one
    assert blended(one, other, 1.0) in (one, other)
    assert blended(one, other, 1.0) == other


def test_the_middle() -> None:
    smile = NEUTRAL.with_weights({"mouthSmileLeft": 0.5}).with_head(yaw=8)
    assert blended(smile, NEUTRAL, 0.25) == NEUTRAL.with_weights({"mouthSmileLeft": 0.375}).with_head(yaw=6)

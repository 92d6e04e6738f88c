"""What goes over the pipe comes out as it was, or not at all."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from viewer.push import wire
from viewer.push.coded import Coded

PIECES = st.builds(
    Coded, st.binary(max_size=300), st.integers(-(2**40), 2**40), st.integers(0, 2**30), st.booleans(), st.booleans()
)


@given(st.lists(PIECES, max_size=5), st.integers(0, 40))
def test_pieces_come_out_as_they_were_and_torn_ones_not_at_all(pieces: list[Coded], missing: int) -> None:
    file = io.BytesIO()
    for piece in pieces:
        wire.send_order(file, wire.PIECE, wire.packed(piece))
    whole = file.getvalue()
    torn = io.BytesIO(whole[: len(whole) - missing])
    out = []
    while (received := wire.receive_order(torn)) is not None:
        assert received[0] == wire.PIECE
        out.append(wire.unpacked(received[1]))
    assert out == (pieces if missing == 0 else pieces[: len(out)])


@given(st.integers(-(2**31), 2**31 - 1), st.text(max_size=2000))
def test_answers_come_back(code: int, text: str) -> None:
    file = io.BytesIO()
    wire.send_answer(file, wire.Answer(code, text))
    file.seek(0)
    answer = wire.receive_answer(file)
    assert answer is not None
    assert answer.code == code
    assert text.startswith(answer.text.rstrip("�"))
    assert wire.receive_answer(file) is None

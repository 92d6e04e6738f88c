"""The state that the forms of a look change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from viewer.look.model import LookModel
    from viewer.viewer_model import ViewerModel


@pytest.fixture
def look(model: ViewerModel) -> Iterator[LookModel]:
    """A look of its own."""
    from viewer.look.model import LookModel

    look = LookModel(model)
    yield look
    look.close()

"""Lets these tests import the recipes, which are scripts beside their own packages and never installed."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "resources" / "recipes"))

"""Tests import their helpers by name, from any folder; statistical tests count as slow."""

import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), *(str(folder) for folder in sorted(HERE.rglob("*/")) if folder.name != "__pycache__")]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-m "not slow"` takes the place of the usual `-m "not statistical"`: it must leave both out."""
    for item in items:
        if item.get_closest_marker("statistical"):
            item.add_marker("slow")


@pytest.fixture(autouse=True, scope="session")
def _a_cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What commands keep while they run is kept in a folder of the tests, not in the user's cache."""
    os.environ["PEERSCALE_CACHE"] = str(tmp_path_factory.mktemp("cache"))

"""What a wheel holds: every file of every room that is in the repository, types marked, and nothing else."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest
from imports import ROOMS, ROOT

builder = pytest.importorskip("hatchling.builders.wheel", reason="pip install hatchling")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    return Path(next(builder.WheelBuilder(str(ROOT)).build(directory=str(folder))))


@pytest.fixture(scope="module")
def inside(wheel: Path) -> set[str]:
    return {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}


def test_a_wheel_holds_all_that_the_rooms_hold(inside: set[str]) -> None:
    listed = subprocess.run(["git", "ls-files", *ROOMS], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(listed.stdout.splitlines()) <= inside
    assert {name.split("/")[0] for name in inside} == set(ROOMS)


def test_every_package_says_that_it_is_typed(inside: set[str]) -> None:
    assert {f"{room}/py.typed" for room in ROOMS} <= inside


def test_the_command_is_there(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    (entry,) = (name for name in names if name.endswith("entry_points.txt"))
    assert "peerscale = peerscale.__main__:run" in zipfile.ZipFile(wheel).read(entry).decode()

"""The command that a table of levers names is one that measures the same, typed where its files are."""

import shlex
import shutil

import pytest

from peerscale.cli import call
from peerscale.lever_moves import command, settle
from peerscale.options import Typed
from scenarios.reading import inventory, own_area


@pytest.mark.parametrize("example, option", [(own_area.EXAMPLE, "area_file"), (inventory.EXAMPLE, "inventory")])
def test_files_of_ones_own_are_in_the_command(tmp_path, monkeypatch, capsys, example, option):
    monkeypatch.chdir(tmp_path)
    shutil.copy(example, tmp_path / "my own.csv")
    once = command(settle(["cut"], Typed(**{option: tmp_path / "my own.csv"})))
    assert f"--{option.replace('_', '-')} 'my own.csv'" in once
    assert "--areas" not in once or option == "inventory"
    assert call([*shlex.split(once)[1:], "--dry-run"]) == 0, capsys.readouterr().err

"""Outputs as they may be: a reader that has gone, full, closed, a narrow terminal, one without our letters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PEERSCALE = [sys.executable, "-m", "peerscale"]
SMALL = [
    "--people",
    "500",
    "--place-size",
    "500",
    "--burn-in",
    "10",
    "--years",
    "0.6",
    "--draws",
    "2",
    "--workers",
    "1",
]
COMMANDS = [["parameters"], ["scenarios", "show", "open_door"], ["--help"], ["run", "today", "open_door", *SMALL]]


def run(arguments: list[str], **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*PEERSCALE, *arguments], capture_output=True, check=False, env=os.environ | env)


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_reader_that_has_read_enough_is_no_failure(arguments: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([*PEERSCALE, *arguments], stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("arguments", COMMANDS[:3])
def test_a_full_output_is_one_message(arguments: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*PEERSCALE, *arguments], stdout=full, stderr=subprocess.PIPE, check=False)
        both = subprocess.run([*PEERSCALE, *arguments], stdout=full, stderr=full, check=False)
    assert done.returncode == both.returncode == 2
    assert (
        b"disk is full" in done.stderr and b"Traceback" not in done.stderr and b"Exception ignored" not in done.stderr
    )


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_outputs_are_no_failure(closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m peerscale scenarios list {closed}', sys.executable], capture_output=True, check=False
    )
    assert done.returncode == 0 and b"Traceback" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp850"])
@pytest.mark.parametrize("columns", ["0", "60", "x", "-3"])
def test_a_terminal_without_our_letters_or_without_columns(encoding: str, columns: str) -> None:
    done = run(["scenarios", "list"], PYTHONIOENCODING=encoding, COLUMNS=columns)
    assert done.returncode == 0 and done.stderr == b""
    assert b"open_door" in done.stdout


def test_json_stays_json_where_letters_are_missing() -> None:
    plain, poor = run(["parameters", "--json"]), run(["parameters", "--json"], PYTHONIOENCODING="ascii")
    assert [row["name"] for row in json.loads(poor.stdout)] == [row["name"] for row in json.loads(plain.stdout)]


def test_the_narrowest_layout_holds_what_the_widest_does() -> None:
    """At 60 columns cells may be folded, never cut."""
    wide = run([*COMMANDS[3], "--full"], COLUMNS="200").stdout.decode()
    narrow = run([*COMMANDS[3], "--full"], COLUMNS="60").stdout.decode()
    assert "…" not in narrow.replace("…", "", wide.count("…"))
    assert max(map(len, narrow.splitlines())) <= 60

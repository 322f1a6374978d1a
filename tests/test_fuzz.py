"""The quick part of `python -m benchmarks.fuzz`, and every input that was once answered wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.fuzz.__main__ import faults
from benchmarks.fuzz.subjects import SUBJECTS, Subject
from benchmarks.fuzz.watch import Watch, answer

CORPUS = sorted((Path(__file__).parent / "fuzz_corpus").iterdir())
QUICK = {"posteriors": 15, "results": 15}


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch()


@pytest.mark.parametrize("kind", SUBJECTS)
def test_inputs_made_wrong_are_answered_as_they_should_be(kind: str, watch: Watch) -> None:
    found = [
        f"{number}: {fault.kind}\n{fault.told}" for number, _, fault in faults(kind, 2, 0, QUICK.get(kind, 60), watch)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_what_once_failed_is_answered_as_it_should_be(path: Path, tmp_path: Path, watch: Watch) -> None:
    kind = path.name.split("-")[0]
    SUBJECTS[kind].seeds()
    assert answer(SUBJECTS[kind].read, path.read_bytes(), tmp_path, watch) is None


def _fails(data: bytes, folder: Path) -> None:
    raise KeyError("x")


def _wanders(data: bytes, folder: Path) -> None:
    (folder.parent / "elsewhere").mkdir()


def _spins(data: bytes, folder: Path) -> None:
    sum(range(30_000_000))


@pytest.mark.parametrize(
    ("read", "said"), [(_fails, "KeyError"), (_wanders, "a path outside"), (_spins, "over 2 seconds")]
)
def test_the_watch_sees_what_it_should(
    read, said: str, tmp_path: Path, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A control that must fail."""
    monkeypatch.setattr("benchmarks.fuzz.watch.MOST_SECONDS", 0.2)
    (tmp_path / "in").mkdir()
    fault = answer(Subject(list, read).read, b"", tmp_path / "in", watch)
    assert fault is not None and said.replace("2", "0.2") in fault.kind

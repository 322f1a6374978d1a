"""Settled starts that stay: the second run begins where the years before the policy end, and says the same."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from scenarios.reading.load import load, with_settings
from scenarios.running import starts, worlds
from scenarios.running.finished import FinishedJobs
from scenarios.running.many import burn_ins, run_many
from scenarios.running.study import Study, make_shape, timeline_of
from scenarios.running.worlds import Batch, pack, start_key
from sim.core import engine

STUDY = Study((5,), people=1000, draws=2, weeks=27, burn_in=60, place_size=1000)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that is empty, and in which starts are kept."""
    monkeypatch.setenv("PEERSCALE_CACHE", str(tmp_path))
    monkeypatch.delenv(starts.SWITCH, raising=False)
    return tmp_path / "starts"


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the years before were run."""
    runs, real = list[int](), engine.settle_in_pieces
    monkeypatch.setattr(engine, "settle_in_pieces", lambda *given, **more: runs.append(1) or real(*given, **more))
    return runs


def answers(study: Study = STUDY, *names: str) -> list[bytes]:
    """Results in bytes, of one process."""
    scenarios = [load(name) for name in names or ("today", "open_door")]
    return [pack(result) for _, result in sorted(run_many(scenarios, study, 1), key=lambda pair: pair[0])]


def test_the_second_run_settles_nothing_and_says_the_same(settled, monkeypatch):
    first = answers()
    assert len(settled) == 1 and answers() == first and len(settled) == 1
    monkeypatch.setenv(starts.SWITCH, "0")
    assert answers() == first and len(settled) == 2


def test_nothing_is_written_where_it_is_switched_off(cache, monkeypatch):
    monkeypatch.setenv(starts.SWITCH, "0")
    answers()
    assert not cache.exists()


def test_another_policy_begins_there_too(settled):
    answers(STUDY, "today")
    alone = answers(STUDY, "everyone")
    assert len(settled) == 1
    for path in starts.folder().iterdir():
        path.unlink()
    assert answers(STUDY, "everyone") == alone and len(settled) == 2


def test_more_years_are_reported_from_the_same_start(settled):
    longer = replace(STUDY, weeks=120)
    answers()
    again = answers(longer)
    assert len(settled) == 1
    for path in starts.folder().iterdir():
        path.unlink()
    assert answers(longer) == again and len(settled) == 2


def key_of(study: Study, name: str = "today") -> str:
    """The name under which a study's start is kept."""
    batch = Batch(study, study.worlds, True)
    return start_key(batch, timeline_of(load(name), make_shape(study)))


@pytest.mark.parametrize(
    "change", [{"seed": 2}, {"burn_in": 61}, {"areas": (6,)}, {"draws": 3}, {"start": "2025-10"}, {"place_size": 500}]
)
def test_what_the_years_before_follow_from_is_in_the_name(change):
    assert key_of(replace(STUDY, **change)) != key_of(STUDY)


def test_a_policy_of_before_has_a_start_of_its_own():
    assert key_of(STUDY, "open_door") == key_of(STUDY)
    past = replace(load("today"), history=True)
    shape = make_shape(STUDY)
    line = timeline_of(past, shape)
    line.values[:, 0, :] += 0.1
    assert start_key(Batch(STUDY, STUDY.worlds, True), line) != key_of(STUDY)


def test_other_code_has_a_start_of_its_own(monkeypatch):
    before = key_of(STUDY)
    monkeypatch.setattr(worlds.identity, "code", lambda: "edited")
    assert key_of(STUDY) != before


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b[:100] + b"x" + b[101:], lambda b: b""])
def test_a_damaged_start_is_made_again(settled, cache, damage):
    first = answers()
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert answers() == first and len(settled) == 2
    assert file.read_bytes() == whole


def test_a_cache_that_cannot_be_written_costs_time_and_nothing_else(cache, settled):
    first = answers()
    for path in cache.iterdir():
        path.unlink()
    cache.rmdir()
    cache.write_text("a file stands in the way")
    assert answers() == first and answers() == first and len(settled) == 3


def test_the_oldest_go_first_and_use_makes_new(cache):
    for name in ("a", "b", "c"):
        starts.keep(name, b"x" * 1000, most=5000)
        path = cache / f"{name}.job"
        path.touch()
    store = FinishedJobs(cache)
    for age, name in enumerate(("c", "b", "a")):
        os.utime(cache / f"{name}.job", (1000 - age, 1000 - age))
    assert starts.find("a") is not None  # oldest, but used now
    starts.keep("d", b"x" * 1000, most=3500)
    assert store.has("a") and store.has("d") and not store.has("b")


def test_one_that_is_larger_than_all_may_be_is_not_kept(cache):
    starts.keep("large", b"x" * 1000, most=999)
    assert not starts.has("large")


def test_a_setting_of_the_burn_in_is_no_setting_of_the_policy(settled):
    answers(STUDY, "today")
    policy = with_settings(load("today"), ["group_founding=3"])
    list(run_many([policy], STUDY, 1))
    assert len(settled) == 1


def test_how_long_it_takes_is_told_without_the_years_that_are_kept(tmp_path):
    store, policies = FinishedJobs(tmp_path / "jobs"), [load("today"), load("everyone")]
    assert burn_ins(policies, STUDY, 1, store) == 1
    answers(STUDY, "today")
    assert burn_ins(policies, STUDY, 1, store) == 0

"""Results on disk: whole or not at all, and checked when read."""

import errno
import json
from dataclasses import replace

import numpy as np
import pyarrow.parquet as pq
import pytest
from fakes import fake_result
from posteriors import of_this_model

from scenarios.reading.load import load
from scenarios.running import identity, store
from scenarios.running.finished import FinishedJobs
from scenarios.running.identity import run_id
from scenarios.running.many import joined
from scenarios.running.posterior import Chosen, choose
from scenarios.running.study import Study, area_list, make_shape, places_for, world_parameters
from scenarios.running.tables import make_tables
from scenarios.running.worlds import Task, batches, jobs_of
from sim.errors import UserError

STUDY = Study((22,), draws=4, weeks=104)


@pytest.fixture
def folder(tmp_path):
    return store.write(tmp_path / "today", load("today"), STUDY, fake_result(), 1.5)


def test_a_run_is_read_back_as_it_was(folder):
    kept, was = store.read(folder).result, fake_result()
    assert kept.shape == was.shape
    assert np.array_equal(kept.weekly, was.weekly)
    assert np.array_equal(kept.tally, was.tally)
    assert np.array_equal(kept.events, was.events)
    assert kept.organisations["cash"].tolist() == was.organisations["cash"].tolist()


def test_the_manifest_holds_scenario_seed_and_versions(folder):
    manifest = store.read_manifest(folder)
    assert manifest["scenario"]["name"] == "today"
    assert manifest["scenario"]["levers"]["self_referral"] == 0.5
    assert manifest["seed"] == 1 and manifest["versions"]["numpy"] == np.__version__


def test_timings_stand_apart(folder):
    timings = json.loads((folder / "timings.json").read_text())
    assert timings["seconds"] == 1.5
    assert "seconds" not in json.dumps(store.read_manifest(folder))


def test_the_checksum_is_of_the_content(tmp_path, folder):
    again = store.write(tmp_path / "again", load("today"), STUDY, fake_result(), 99.0)
    assert store.read_manifest(again)["checksum"] == store.read_manifest(folder)["checksum"]


def test_one_count_more_is_another_checksum():
    a, b = fake_result(), fake_result()
    b.tally[0, 0, 0] += 1
    assert store.checksum(make_tables(a)) != store.checksum(make_tables(b))


def test_nothing_is_left_beside_a_run(folder):
    assert [p.name for p in folder.parent.iterdir()] == ["today"]


def test_the_same_run_is_replaced_whole(folder):
    store.write(folder, load("today"), STUDY, fake_result(), 3.0)
    assert json.loads((folder / "timings.json").read_text())["seconds"] == 3.0
    assert [p.name for p in folder.parent.iterdir()] == ["today"]


def test_another_run_is_not_overwritten(folder):
    with pytest.raises(UserError, match="holds another run"):
        store.write(folder, load("open_door"), STUDY, fake_result(), 1.0)


def test_other_peoples_files_are_not_overwritten(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(UserError, match="not a results folder"):
        store.write(tmp_path, load("today"), STUDY, fake_result(), 1.0)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    def full(path, columns):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "_write_table", full)
    with pytest.raises(OSError, match="No space"):
        store.write(tmp_path / "today", load("today"), STUDY, fake_result(), 1.0)
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_while_writing_keeps_the_old_run(folder, monkeypatch):
    def stop(path, content):
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "write_json", stop)
    with pytest.raises(KeyboardInterrupt):
        store.write(folder, load("today"), STUDY, fake_result(), 2.0)
    assert store.read(folder).manifest["seed"] == 1
    assert [p.name for p in folder.parent.iterdir()] == ["today"]


def _edit(folder, **changes):
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def _sealed(folder, **changes):
    """A manifest that was changed by somebody who knows how it is sealed."""
    _edit(folder, **changes)
    manifest = json.loads((folder / "manifest.json").read_text())
    _edit(folder, **{store.SEAL: store.seal_of(manifest)})


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda f: (f / "manifest.json").unlink(), "manifest.json of .* is damaged"),
        (lambda f: (f / "manifest.json").write_text("{"), "manifest.json of .* is damaged"),
        (lambda f: (f / "manifest.json").write_text("[" * 90_000), "manifest.json of .* is damaged"),
        (lambda f: (f / "manifest.json").write_bytes(b"\xff\xfe\x00"), "manifest.json of .* is damaged"),
        (lambda f: (f / "manifest.json").write_text("[]"), "manifest.json of .* is damaged"),
        (lambda f: _edit(f, format="other"), "manifest.json of .* is damaged"),
        (lambda f: _edit(f, version=99), "another version"),
        (lambda f: _edit(f, drift={"groups": 0.9}), "manifest.json of .* is damaged"),
        (lambda f: _sealed(f, checksum="0"), "manifest.json of .* is damaged"),
        (lambda f: _sealed(f, shape={}), "manifest.json of .* is damaged"),
        (lambda f: _sealed(f, shape=7), "manifest.json of .* is damaged"),
        (lambda f: _sealed(f, shape={"weeks": "many"}), "manifest.json of .* is damaged"),
        (lambda f: _sealed(f, files=[]), "manifest.json of .* is damaged"),
        (lambda f: (f / "wants.parquet").unlink(), "wants.parquet of .* is damaged"),
        (lambda f: (f / "wants.parquet").write_bytes(b""), "wants.parquet of .* is damaged"),
        (lambda f: (f / "weekly.parquet").write_bytes(b"PAR1 but no"), "weekly.parquet of .* is damaged"),
        (
            lambda f: (f / "weekly.parquet").write_bytes((f / "wants.parquet").read_bytes()),
            "weekly.parquet of .* is damaged",
        ),
        (lambda f: (f / "parameters.parquet").unlink(), "parameters.parquet of .* is damaged"),
    ],
)
def test_a_spoilt_folder_is_refused_and_running_again_in_it_mends_it(folder, spoil, says):
    spoil(folder)
    with pytest.raises(UserError, match=says) as caught:
        store.read(folder)
    assert caught.value.rule and caught.value.got and caught.value.try_
    if isinstance(caught.value, store.Damaged):
        assert store.held(folder, load("today"), STUDY) is None
        store.write(folder, load("today"), STUDY, fake_result(), 1.0)
        assert store.held(folder, load("today"), STUDY) is not None


def test_a_run_keeps_every_worlds_parameters_as_it_ran_and_no_path_of_this_machine(tmp_path):
    fitted = choose(str(of_this_model(tmp_path / "own")))
    study = replace(STUDY, fixed=(("search_rate", 0.02),), posterior=fitted)
    folder = store.write(tmp_path / "today", load("today"), study, fake_result(make_shape(study)), 1.0)
    kept = store.read(folder)
    assert kept.drawn["world"].tolist() == [0, 1, 2, 3]
    assert set(kept.parameters().search_rate.tolist()) == {0.02}
    assert kept.parameters().forget_weeks.tolist() == world_parameters(study, study.worlds).forget_weeks.tolist()
    assert kept.manifest["identity"]["posterior"] == study.posterior.sha256
    assert str(tmp_path) not in (folder / "manifest.json").read_text()
    assert all(pq.read_schema(path).names for path in folder.glob("*.parquet")), "no table without columns"


@pytest.mark.parametrize(
    ("key", "change", "said"),
    [
        ("posterior", {"posterior": Chosen("x.json", "a" * 64)}, "posterior"),
        ("fixed", {"fixed": (("search_rate", 0.1),)}, "rival"),
        ("people", {"people": 20_000}, "people"),
        ("burn_in", {"burn_in": 8}, "burn-in"),
        ("seed", {"seed": 5}, "seed"),
    ],
)
def test_runs_that_differ_in_more_than_their_policy_are_not_set_side_by_side(
    folder, tmp_path, monkeypatch, key, change, said
):
    monkeypatch.setattr(store, "world_parameters", lambda study, worlds: world_parameters(STUDY, worlds))
    monkeypatch.setattr(store, "sample", lambda study: "as asked")
    other = store.write(tmp_path / "other", load("open_door"), replace(STUDY, **change), fake_result(), 1.0)
    with pytest.raises(UserError, match="do not share") as caught:
        store.must_share((store.read(folder), store.read(other)))
    assert said in caught.value.got


def test_a_run_of_other_code_is_not_gone_on_with_nor_read_for_more(folder, monkeypatch):
    kept = store.read(folder)
    monkeypatch.setattr(identity, "code", lambda: "b" * 64)
    assert store.held(folder, load("today"), STUDY) is None
    with pytest.raises(UserError, match="holds another run") as caught:
        store.must_be_free(folder, load("today"), STUDY)
    assert "code" in caught.value.got
    with pytest.raises(UserError, match="other code or tables"):
        store.must_be_of_this_code([kept])


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(UserError, match="not a results folder"):
        store.read(tmp_path / "none")


# ---------------------------------------------------------------- studies


def test_people_are_rounded_up_to_whole_places():
    assert places_for(Study((22,), people=20_001)) == (3,)
    assert places_for(Study((22,), people=100)) == (1,)


def test_every_area_has_a_place_and_none_more_than_it_has():
    found = places_for(Study(area_list(["all"]), people=1000))
    assert found == (1,) * 42
    most = make_shape(Study((22,), people=60_000_000))
    assert most.n_places == most.all_places


def test_worlds_asked_for_later_leave_the_first_as_they_were():
    assert Study((0,), draws=7).worlds[:3] == Study((0,), draws=3).worlds


def test_jobs_cover_every_world_once_whatever_the_workers(tmp_path):
    for workers in (1, 2, 3, 7, 50):
        parts = batches(STUDY, workers, FinishedJobs(tmp_path / str(workers)))
        assert tuple(w for part in parts for w in part.worlds) == STUDY.worlds
        assert [part.traced for part in parts] == [True] + [False] * (len(parts) - 1)


def test_worlds_go_together_as_they_did_before_whatever_the_workers(tmp_path):
    store = FinishedJobs(tmp_path)
    before = batches(STUDY, 4, store)
    assert len(before) == 4 and batches(STUDY, 1, store) == before
    assert len(batches(STUDY, 1, FinishedJobs(tmp_path / "other"))) == 1


def test_scenarios_share_a_burn_in_but_a_history_has_its_own(tmp_path):
    store = FinishedJobs(tmp_path)
    tasks = [Task(load(name)) for name in ("today", "history", "open_door")]
    study = replace(STUDY, weeks=416, start="2017-04")  # the history's own
    jobs = [job for _, job in jobs_of(batches(study, 1, store)[0], tasks, store)]
    after = [job.after for job in jobs if job.wanted]
    assert len(jobs) == 5 and after[0] == after[2] != after[1]


def test_parts_are_joined_in_the_order_of_worlds():
    whole = fake_result()
    a, b = (fake_result() for _ in range(2))
    both = joined([a, b])
    assert both.shape.worlds == whole.shape.worlds * 2
    assert both.weekly.shape[1] == 2 * whole.weekly.shape[1]
    assert both.organisations["area_row"].tolist() == list(range(8))


def test_what_is_asked_decides_the_run_id():
    one = run_id(load("today"), STUDY)
    assert one == run_id(load("today"), Study((22,), draws=4, weeks=104))
    assert one != run_id(load("open_door"), STUDY)
    assert one != run_id(load("today"), Study((22,), draws=5, weeks=104))

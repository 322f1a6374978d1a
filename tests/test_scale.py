"""`python -m benchmarks.scale`: its own parts at toy size, the closed form, the study on paper, and README held to its page."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from benchmarks.peers import ours, toy
from benchmarks.scale import __main__ as command
from benchmarks.scale import here, jobs, page, peers, sizes
from benchmarks.scale.intervals import Interval, mean, ratio, slope
from benchmarks.scale.picture import draw
from benchmarks.scale.study import Measured, Plan, cost, strains

MEASURED = Measured(ns=20, person_bytes=100, settled_bytes=80, result_bytes=1e6, row_bytes=700, job_ms=3)


def a_size(people: int, ns: float) -> sizes.Size:
    return sizes.Size(people, 1, 2, Interval(ns, ns - 1, ns + 1), Interval(1.0, 0.9, 1.1), people / 1e4, 1e5)


def some_sizes() -> sizes.Sizes:
    each = (a_size(10_000, 30.0), a_size(1_000_000, 20.0))
    return sizes.Sizes(104, 26, each, (a_size(1_000, 90.0),), Interval(0.98, 0.97, 0.99), 100.0, 80.0)


def runs_of(off: float) -> list[dict[str, float]]:
    """Two runs whose every answer is `off` times the closed form, give or take a hundredth."""
    answer = toy.expected()
    return [
        {"ns": 2.0, **{f"found_{name}": value * off * luck for name, value in answer.items()}} for luck in (0.99, 1.01)
    ]


def found_peers() -> list[peers.Found]:
    return [peers.together(peer, 10_000, "1.0", runs_of(1.0), [1.0, 1.0]) for peer in peers.PEERS[:3]]


# ------------------------------------------------------------------ the toy


def test_the_closed_form_balances() -> None:
    answer = toy.expected()
    idle = 1 - toy.PLACES - answer["waiting"]
    assert toy.REFERRED * idle == pytest.approx(answer["gave_up"] + answer["started"])
    assert answer["started"] == pytest.approx(toy.LEAVES * toy.PLACES)
    assert (1 - toy.GIVES_UP) ** answer["waited"] == pytest.approx(answer["started"] / (toy.REFERRED * idle))


def test_in_continuous_time_only_the_wait_is_another() -> None:
    week, moment = toy.expected(), toy.expected(continuous=True)
    assert moment.pop("waited") > week.pop("waited") and moment == week


def test_our_toy_gives_the_closed_form() -> None:
    made = ours.Pipeline(20_000, 3)
    made.run(toy.SETTLE)
    made.tally = toy.Tally()
    made.run(1_000)
    for name, value in toy.found(made.tally, 20_000).items():
        assert value == pytest.approx(toy.expected()[name], rel=0.03), name


def test_our_toy_has_one_history_a_seed_however_it_is_cut() -> None:
    whole, parts, other = (ours.Pipeline(2_000, seed) for seed in (1, 1, 2))
    whole.run(30)
    other.run(30)
    for _ in range(3):
        parts.run(10)
    assert whole.tally == parts.tally != other.tally


def test_a_wrong_answer_does_not_hold() -> None:
    assert peers.holds(peers.PEERS[0], runs_of(1.0))
    assert not peers.holds(peers.PEERS[0], [*runs_of(1.2), *runs_of(1.2), *runs_of(1.2)])


def test_one_run_of_a_library_is_a_line_that_is_read() -> None:
    told = peers.once(peers.PEERS[0], peers.python_of(peers.PEERS[0], page.ROOT), 1_000, 1, 0.001)
    assert told["weeks"] >= toy.CHUNK and told["ns"] > 0


def test_a_library_that_fails_is_named() -> None:
    with pytest.raises(RuntimeError, match="nobody"):
        peers.once(replace(peers.PEERS[0], module="not_there", name="nobody"), peers.sys.executable, 1_000, 1, 0.001)


# ------------------------------------------------------------------ our own parts at toy size


def test_a_size_is_measured() -> None:
    told = here.measured(1_000, 2, 2, 27)
    assert told["people"] == 2_000 and told["ns"] > 0 and told["all"] > told["seconds"] and told["result"] > 0
    assert here.settled(1_000, 2)["bytes"] > 10


def test_areas_are_found_for_every_size() -> None:
    assert len(here.areas_for(10_000)) == len(here.areas_for(1_000_000)) == 1
    assert len(here.areas_for(10_000_000)) > 2 and len(here.areas_for(sizes.ENGLAND)) == 42


def test_jobs_alone_are_the_jobs_of_the_sweep(tmp_path) -> None:
    sweep = jobs.sweep_of(3, 1_000, 1, 27, 2)
    assert jobs.bare(sweep, tmp_path) == 3
    told = jobs.overhead(3, 2, weeks=27, burn_in=2)
    assert told.jobs == 3 and told.bytes_a_world > 100


def test_ways_to_spread_are_compared_with_the_first() -> None:
    one, two = jobs.spreads({"one": [4.0, 6.0], "two": [2.0, 3.0]}, (1, 2))
    assert one.faster.mean == pytest.approx(1) and two.faster.mean == pytest.approx(2)


# ------------------------------------------------------------------ intervals


def test_intervals_are_students_and_ratios_are_of_pairs() -> None:
    told = mean([1.0, 2.0, 3.0])
    assert told.mean == 2 and told.high - 2 == pytest.approx(4.3027 / math.sqrt(3), rel=1e-4)
    assert ratio([2.0, 8.0], [1.0, 2.0]).mean == pytest.approx(math.sqrt(8))
    assert slope([10, 100, 1000], [3, 30, 300]) == pytest.approx(1)
    assert mean([5.0]).text() == "5.00"
    with pytest.raises(ValueError, match="nothing"):
        mean([])


# ------------------------------------------------------------------ the study on paper


def test_a_study_costs_what_its_person_weeks_cost() -> None:
    plan = Plan(worlds=10, adults=1_000_000, burn_in=0, weeks=180, price=2.0, cores=1)
    told = cost(replace(MEASURED, job_ms=0), plan)
    assert told.core_hours == pytest.approx(10 * 1e6 * 180 * 20e-9 / 3600)
    assert told.pounds == pytest.approx(2 * told.core_hours) and told.days == pytest.approx(told.core_hours / 24)


def test_policies_that_share_their_years_before_cost_less() -> None:
    alone, shared = (cost(MEASURED, Plan(policies=n)).core_hours for n in (1, 100))
    assert shared < alone and shared > alone * 260 / (260 + 780)


def test_what_breaks_first_comes_first() -> None:
    told = strains(MEASURED, Plan())
    assert [one.part for one in told] == sorted((one.part for one in told), reverse=True)
    tight, slow = strains(MEASURED, Plan(memory=1e-3)), strains(MEASURED, Plan(disk=1e-6))
    assert tight[0].what.startswith("memory") and slow[0].what.startswith("settled starts") and slow[0].part > 1


def test_a_study_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="worlds"):
        Plan(worlds=0)


# ------------------------------------------------------------------ the page


def test_readme_has_the_figures_of_the_page_and_no_others() -> None:
    shown = page.block(page.README.read_text("utf-8"), page.IN_README)
    assert shown == page.block(page.PAGE.read_text("utf-8"), page.IN_README)


def test_a_record_fills_every_block(tmp_path, monkeypatch) -> None:
    for name in ("PAGE", "README", "PICTURE"):
        old = getattr(page, name)
        new = tmp_path / old.name
        if new.suffix == ".md":
            new.write_text(old.read_text("utf-8"), encoding="utf-8")
        monkeypatch.setattr(page, name, new)
    one = mean([1.0, 2.0])
    results = command.Results(
        some_sizes(), jobs.Overhead(10, one, one, one, 700), [jobs.Spread("here", 1, one, one)], found_peers()
    )
    command.record(results, command.parser().parse_args([]))
    text = page.PAGE.read_text("utf-8")
    assert "Not measured yet" not in text and page.PICTURE.stat().st_size > 1_000
    assert page.block(text, page.IN_README) == page.block(page.README.read_text("utf-8"), page.IN_README)
    assert "1,000,000 adults" in page.block(text, page.IN_README)


def test_a_record_does_not_say_where_a_machine_keeps_things() -> None:
    for words in (["--environments", "/here", "--rounds", "3"], ["--rounds", "3", "--environments=/here"]):
        assert command.typed(words) == "python -m benchmarks.scale --rounds 3"


def test_a_block_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match="nowhere"):
        page.with_block("text", "nowhere", [])


def test_a_picture_of_one_measurement_each(tmp_path) -> None:
    alone = replace(found_peers()[0], ns=mean([1.0]))
    draw(some_sizes(), [alone], tmp_path / "one.png")
    assert (tmp_path / "one.png").exists()


@pytest.mark.parametrize("given", [["--parts", "size"], ["--parts", "study"], ["--people", "ten"], ["--people", "5"]])
def test_what_is_typed_wrong_ends_with_two(given, monkeypatch, capsys) -> None:
    monkeypatch.setattr("sys.argv", ["scale", *given])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 2 and given[0] in capsys.readouterr().err

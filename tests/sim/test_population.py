"""The population: margins, places, traits, and the balance of life events."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from sim import draws
from sim.people import population
from sim.people.demography import demography
from sim.vocabulary import CELLS, NEEDS, cell_parts


def people_of_england(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(area, cell, key) of n people in England's proportions."""
    counts = population.cell_counts().astype(float)
    flat = np.repeat(np.arange(counts.size), population._largest_remainder(counts.ravel(), n))
    key = draws.whog_array(np.arange(n, dtype=np.uint64))
    return flat // CELLS, (flat % CELLS).astype(np.uint16), key


@pytest.fixture(scope="module")
def england() -> dict[str, np.ndarray]:
    """400,000 people with their traits."""
    area, cell, key = people_of_england(400_000)
    burden = population.load_areas().burden[area]
    traits = population.draw_traits(11, key, 0, cell, burden, False)
    return {
        "area": area,
        "cell": cell,
        "age": cell_parts(cell)[0],
        "imd": cell_parts(cell)[2],
        **vars(traits),
        "ill": traits.n_conditions > 0,
    }


def test_cells_add_to_the_areas_adults() -> None:
    areas = population.load_areas()
    assert len(areas.code) == 42 and list(areas.code) == sorted(areas.code)
    assert (population.cell_counts().sum(axis=1) == areas.adults).all()
    assert 44_000_000 < areas.adults.sum() < 45_000_000
    assert (areas.adults < areas.population).all()


def test_cells_match_the_shipped_deprivation_shares() -> None:
    areas, counts = population.load_areas(), population.cell_counts()
    fifth = counts.reshape(42, 16, 5, 5).sum(axis=(1, 3)) / areas.adults[:, None]
    assert np.abs(fifth - areas.imd_share).max() < 1e-4


def ethnic_by_fifth(area: str) -> np.ndarray:
    cells = population.cell_counts()[population.area_index(area)]
    return cells.reshape(16, 5, 5).sum(axis=0)


def test_ethnic_groups_are_not_transposed() -> None:
    """White is the largest group in every fifth of Lincolnshire; transposed it is not."""
    right = ethnic_by_fifth("Lincolnshire")
    assert (right.argmax(axis=1) == 0).all() and right[:, 0].sum() / right.sum() > 0.94
    assert not (right.T.argmax(axis=1) == 0).all()
    england = population.cell_counts().sum(axis=0).reshape(80, 5).sum(axis=0)
    assert england / england.sum() == pytest.approx([0.8105, 0.096, 0.0422, 0.0295, 0.0218], abs=0.006)


def test_raking_keeps_its_margins_and_shows_a_transposed_one() -> None:
    pytest.importorskip("humanleague")
    from calibration.population.population_margins import rake_area

    spread = np.random.default_rng(1)
    age = spread.random((5, 8)).T * 1000.0
    ethnic = np.array([70, 20, 5, 3, 2.0]) * spread.random((5, 5))
    ethnic *= (age.sum(axis=0) / ethnic.sum(axis=1))[:, None]
    raked = rake_area(age, ethnic)
    assert raked.sum(axis=(1, 3)) == pytest.approx(age, rel=1e-5)
    assert raked.sum(axis=(0, 1)) == pytest.approx(ethnic, rel=1e-5)
    assert np.abs(raked.sum(axis=(0, 1)).T - ethnic).max() > 50


def test_area_names() -> None:
    areas = population.load_areas()
    for i in range(42):
        for word in (areas.code[i], areas.name[i], areas.short_name[i].upper()):
            assert population.area_index(str(word)) == i
    with pytest.raises(KeyError, match="Lincolnshire"):
        population.area_index("Lincolnshir")


@pytest.mark.parametrize("place_size", [1_000, 10_000, 33_333])
def test_places_are_whole_and_add_to_the_area(place_size: int) -> None:
    area = population.area_index("Lincolnshire")
    places = population.places_in(area, place_size)
    cut = [population.cut_place(area, p, place_size) for p in range(places)]
    assert all(len(c) == place_size and c.dtype == np.uint16 for c in cut)
    share = np.bincount(np.concatenate(cut), minlength=CELLS) / (places * place_size)
    counts = population.cell_counts()[area]
    assert np.abs(share - counts / counts.sum()).max() < 1e-5


def test_places_differ_and_the_first_few_are_spread() -> None:
    area = population.area_index("Greater Manchester")
    places = population.places_in(area, 10_000)
    assert sorted(population.place_ranks(places)) == list(range(places))
    mean = np.array([cell_parts(population.cut_place(area, p, 10_000))[2].mean() for p in range(places)])
    assert mean.max() - mean.min() > 1.5
    assert all(abs(mean[:n].mean() - mean.mean()) < 0.25 for n in (8, 13, 21, 34))


def test_one_place_is_the_same_every_time() -> None:
    first = population.cut_place(3, 2, 5_000)
    population._dealt.cache_clear()
    assert (population.cut_place(3, 2, 5_000) == first).all()


def test_condition_share(england: dict[str, np.ndarray]) -> None:
    ill, age, imd = england["ill"], england["age"], england["imd"]
    assert ill.mean() == pytest.approx(0.54, abs=0.005)
    by_age = [ill[age == a].mean() for a in range(8)]
    assert by_age == pytest.approx([0.27, 0.33, 0.42, 0.63, 0.72, 0.77, 0.71, 0.75], abs=0.025)
    assert ill[imd == 0].mean() > ill[imd == 4].mean()
    area = [ill[england["area"] == i].mean() for i in range(42)]
    assert 0.44 < min(area) < 0.5 and 0.57 < max(area) < 0.63


def test_number_of_conditions(england: dict[str, np.ndarray]) -> None:
    share = np.bincount(england["n_conditions"][england["ill"]], minlength=6) / england["ill"].sum()
    assert share == pytest.approx([0, 0.454, 0.271, 0.151, 0.073, 0.050], abs=0.006)


def test_loneliness_confidence_and_digital(england: dict[str, np.ndarray]) -> None:
    ill, often = england["ill"], england["lonely"] >= 7
    assert often.mean() == pytest.approx(0.07, abs=0.003)
    assert often[ill].mean() > 2 * often[~ill].mean()
    assert england["lonely"].min() >= 3 and england["lonely"].max() <= 9
    level = np.digitize(england["confidence"][ill], [47, 55, 72])
    assert np.bincount(level) / ill.sum() == pytest.approx([0.22, 0.19, 0.456, 0.134], abs=0.006)
    old = england["age"] >= 6
    assert england["digital_excluded"][old].mean() == pytest.approx(0.46, abs=0.03)
    assert england["digital_excluded"][england["age"] < 3].mean() < 0.02


def test_needs_follow_conditions(england: dict[str, np.ndarray]) -> None:
    mask = (1 << NEEDS.index("carers")) | (1 << NEEDS.index("bereavement"))
    of_conditions = england["needs"] & ~np.uint16(mask)
    assert ((of_conditions > 0) == england["ill"]).all()
    carer = (england["needs"] >> NEEDS.index("carers") & 1) == 1
    assert carer.mean() == pytest.approx(0.102, abs=0.003)
    pain = (england["needs"] >> NEEDS.index("pain") & 1) == 1
    assert pain[england["age"] == 7].mean() > 3 * pain[england["age"] == 0].mean()


def test_signs_of_correlation(england: dict[str, np.ndarray]) -> None:
    r = np.corrcoef([england["n_conditions"], england["lonely"], england["confidence"], england["digital_excluded"]])
    assert r[0, 1] > 0.1 and r[0, 2] < -0.1 and r[1, 2] < -0.1 and r[0, 3] > 0.05


def test_latents_are_uniform_and_share_a_factor() -> None:
    key = draws.whog_array(np.arange(200_000, dtype=np.uint64))
    common = population._irwin_hall(draws.bits(3, draws.Purpose.TRAIT_COMMON, 0, key))
    latent = [population.latent_uniform(3, p, 0, key, common) for p in population.LATENT_WEIGHTS]
    for u in latent:
        assert u.min() >= 0 and u.max() <= 1
        assert np.histogram(u, 20, (0, 1))[0] / len(u) == pytest.approx([0.05] * 20, abs=0.003)
    r = np.corrcoef(latent)
    assert r[0, 1] > r[0, 3] > 0.1


def test_contacts(england: dict[str, np.ndarray]) -> None:
    table = population.contact_table()
    assert table.shape == (8, 6) and (table >= 0).all() and (table < 1).all()
    assert (table[:, 1] == 0).all()
    week, ill = table[england["contact_class"], 0], england["ill"]
    yearly = -52 * np.log1p(-week)
    assert yearly[ill].mean() == pytest.approx(8.75, abs=0.4)
    assert yearly[~ill].mean() == pytest.approx(2.7, abs=0.2)
    assert ((1 - week[ill]) ** 12).mean() == pytest.approx(0.25, abs=0.05)
    passive = ill & (england["confidence"] < 47)
    assert yearly[passive].mean() > yearly[ill & (england["confidence"] >= 72)].mean()


def test_same_key_same_person_whatever_the_company() -> None:
    area, cell, key = people_of_england(2_000)
    burden = population.load_areas().burden[area]
    whole = population.draw_traits(5, key, 7, cell, burden, True)
    some = np.arange(1_999, 0, -7)
    part = population.draw_traits(5, key[some], 7, cell[some], burden[some], True)
    other = population.draw_traits(6, key, 7, cell, burden, True)
    for name, values in vars(whole).items():
        assert (values[some] == getattr(part, name)).all()
        assert (values != getattr(other, name)).any()


def test_newcomers_have_fewer_conditions() -> None:
    _, cell, _ = people_of_england(2_000)
    burden = np.ones(2_000)
    ratio = population.condition_share(cell, burden, True) / population.condition_share(cell, burden, False)
    assert ratio == pytest.approx(np.full(2_000, 0.6))


def test_incidence_keeps_the_share_constant() -> None:
    """Flows in and out of having a condition cancel, and a different rate does not."""
    d = demography()
    p, leave = d.condition_share, d.death + d.move_out
    lost = p * leave[:, 1]
    total = (1 - p) * leave[:, 0] + lost
    gained = (1 - p) * d.incidence + d.newcomer_share * p * total
    assert gained == pytest.approx(lost) and (d.incidence > 0).all()
    assert np.abs((1 - p) * d.incidence * 1.5 + d.newcomer_share * p * total - lost).min() > 1e-4


def test_life_events_are_chances() -> None:
    d = demography()
    for name in (
        "death",
        "move_out",
        "move_within",
        "discharge",
        "flare_up",
        "bereavement",
        "carer_starts",
        "carer_ends",
        "social_fall",
    ):
        values = getattr(d, name)
        assert len(values) == 8 and (values >= 0).all() and (values < 1).all(), name
    assert d.new_need.shape == (8, 11) and d.new_need.sum(axis=1) == pytest.approx(np.ones(8))
    assert (d.new_need[:, [8, 9]] == 0).all() and (d.flare_up[:, 0] == 0).all()
    people = population.cell_counts().sum(axis=0).reshape(8, 50).sum(axis=1)
    share = np.stack([1 - d.condition_share, d.condition_share], axis=1)
    assert 480_000 < people @ (d.death * share).sum(axis=1) < 580_000


def test_every_row_of_traits_has_a_grade() -> None:
    import csv

    grades: dict[str, int] = defaultdict(int)
    with open(population.tables_dir() / "traits.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            grades[row["grade"]] += 1
            assert row["unit"] and row["source"]
            assert row["source_id"] or row["grade"] != "published"
    assert set(grades) == {"derived", "judgement"}

"""The pack for a paper: everything named, draws beside their runs, and InferenceData that ArviZ reads back."""

import csv
import re

import numpy as np
import pytest

from calibration.fit.toys import line
from calibration.fit.waves import Settings, calibrate
from calibration.report.pack import FILES, INFERENCE, About, Source, bibtex, groups, log_likelihood, methods, write_pack

QUICK = Settings(points=60, replicates=3, draws=40, particles=200, most_waves=1, process=False)
SOURCES = [
    Source("sup_ndps_ret12", "Mentors staying 50% & more_", "NDPS mentors 2018", "2011-18", "doi:10.1000/xyz_1."),
    Source("odd key!", "A {brace}", "Nobody", "", "https://example.org/a, page 3"),
]
ABOUT = About(
    "mine", "ab" * 32, "peerscale calibrate mine --out study", {"peerscale": "0"}, SOURCES, "A straight line."
)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    toy = line()
    return calibrate(toy.simulator, toy.priors, toy.targets, QUICK, tmp_path_factory.mktemp("toy"), outputs=("s0",))


@pytest.fixture(scope="module")
def pack(found, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pack")
    write_pack(found, ABOUT, folder, {"targets": b"<svg/>"})
    return folder


def rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_all_that_is_promised_is_there(pack):
    left = {name for name in FILES if not (pack / name).is_file()}
    assert left <= {INFERENCE} and (pack / "figures" / "targets.svg").is_file()
    said = (pack / "README.md").read_text("utf-8")
    assert all(name in said for name in FILES)


def test_each_draw_stands_beside_its_runs_with_named_columns(found, pack):
    held = rows(pack / "posterior_runs.csv")
    draws, replicates, _ = found.after.shape
    assert len(held) == draws * replicates
    assert list(held[0]) == ["draw", "replicate", *found.priors.names, *found.simulator.statistics]
    last, values = held[-1], found.priors.values(found.checked)
    assert [float(last[name]) for name in found.priors.names] == values[-1].tolist()
    assert [float(last[name]) for name in found.simulator.statistics] == found.after[-1, -1].tolist()


def test_priors_and_figures_are_tables(found, pack):
    assert [row["name"] for row in rows(pack / "priors.csv")] == list(found.priors.names)
    figures = rows(pack / "targets.csv")
    assert [row["id"] for row in figures] == list(found.targets.ids)
    assert float(figures[0]["predicted_low"]) == pytest.approx(found.fits[0].low)


def test_the_log_likelihood_is_the_normal_density_worked_by_hand(found):
    ids, logs = log_likelihood(found)
    fitted = found.targets.of_role("target")
    runs = fitted.measured(found.after, found.simulator.statistics)
    j, n = 0, runs.shape[0]
    luck = np.mean([runs[i, :, j].var(ddof=1) for i in range(n)])
    sd2 = fitted.error[j, j] + luck * (fitted.noise_factor[j] + 1 / runs.shape[1])
    by_hand = -0.5 * (fitted.observed[j] - runs[3, :, j].mean()) ** 2 / sd2 - 0.5 * np.log(2 * np.pi * sd2)
    assert ids == fitted.ids and logs[3, j] == pytest.approx(by_hand)


def test_sources_are_bibtex_that_runs_nothing():
    text = bibtex([*SOURCES, SOURCES[0]])
    assert text.count("@misc{") == 2 and "@misc{odd_key_," in text and "@misc{sup_ndps_ret12," in text
    assert r"50\% \& more\_" in text and "doi = {10.1000/xyz_1}" in text and "year = {2018}" in text
    assert "url = {https://example.org/a}" in text and r"A \{brace\}" in text
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}")


def test_the_method_says_what_was_run(found):
    said = methods(found, ABOUT)
    runs = sum(wave.runs.shape[0] * wave.runs.shape[1] for wave in found.waves)
    assert f"{runs:,} runs" in said and "abababababababab" in said and "A straight line." in said


def test_the_same_calibration_gives_the_same_bytes(found, pack, tmp_path):
    write_pack(found, ABOUT, tmp_path, {"targets": b"<svg/>"})
    for name in set(FILES) - {INFERENCE}:
        assert (tmp_path / name).read_bytes() == (pack / name).read_bytes()


def test_groups_have_one_chain_of_all_that_was_run(found):
    made = groups(found)
    draws, replicates, _ = found.after.shape
    assert set(made) == {
        "posterior",
        "prior",
        "posterior_predictive",
        "prior_predictive",
        "observed_data",
        "log_likelihood",
    }
    assert all(one.shape == (1, draws) for one in made["posterior"].values())
    assert all(one.shape == (1, draws * replicates) for one in made["posterior_predictive"].values())
    assert all(one.shape == (1, draws, 1) for one in made["log_likelihood"].values())


def test_arviz_reads_it_back(found, tmp_path):
    arviz = pytest.importorskip("arviz")
    write_pack(found, ABOUT, tmp_path, {})
    back = arviz.from_netcdf(str(tmp_path / INFERENCE))
    assert set(back.groups()) >= {"posterior", "prior", "posterior_predictive", "observed_data", "log_likelihood"}
    draws = found.after.shape[0]
    assert back.posterior.sizes["draw"] == draws and list(back.posterior.data_vars) == list(found.priors.names)
    name = found.targets.of_role("target").ids[0]
    assert back.log_likelihood[name].sizes["draw"] == draws


def test_the_real_calibrations_pack_has_its_pictures_its_sources_and_its_versions(found, tmp_path):
    """The toy's runs under the small plan's name: nothing of the model is run."""
    from reports.calibration.pack import pack as whole
    from scenarios.evidence.calibrating import make_task
    from scenarios.evidence.calibration_plan import read_plan

    task = make_task(read_plan("small"))
    written = whole(task, found, tmp_path, "peerscale calibrate small --out study --pack paper")
    names = {path.relative_to(tmp_path).as_posix() for path in written}
    assert {"figures/targets.svg", "figures/parameters.svg", "methods.md", "README.md"} <= names
    text = (tmp_path / "references.bib").read_text("utf-8")
    assert all(f"@misc{{{one}," in text for one in task.plan.form.targets.fitted)
    assert (tmp_path / "command.txt").read_text("utf-8").strip().endswith("--pack paper")
    assert task.plan.sha256 in (tmp_path / "versions.json").read_text("utf-8")
    assert "bnssg" in (tmp_path / "methods.md").read_text("utf-8")

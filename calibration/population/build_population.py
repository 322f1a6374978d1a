"""Build the shipped tables of the population from the gathered evidence.

Run as `python -m calibration.population.build_population`: writes latents.csv and traits.csv to sim/data, balanced over
the people that ship. With `--shared DIR`, DIR holding areas.csv and areas_joint.csv, areas.csv,
rural.csv and population_cells.csv.gz are written first. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
from pathlib import Path

import numpy as np

from calibration.population.population_traits import build_latents, build_traits
from sim.people import demography, population
from sim.people.rural import rural_shares
from sim.vocabulary import CELLS, FIFTHS, fifth_of

AREA_SOURCE = (
    "Census 2021 and ONS mid-2020 estimates; IMD 2025; RUC 2021; CLS 2020/21 modelled; "
    "DERI; QOF 2023/24; NHS England practice and PCN lists"
)
COPIED = {
    "rural_share": "rural_share",
    "disabled_share": "disabled_share",
    "lonely_often_or_some_pct": "lonely_often_or_some_pct",
    "digital_exclusion_index": "digital_exclusion_deri",
    "qof_burden_index": "qof_burden_index",
    "gp_practices": "n_gp_practices",
    "pcns": "n_pcns",
}


def short_name(name: str) -> str:
    """Name without the words that every board shares."""
    return name.removeprefix("NHS ").removesuffix(" Integrated Care Board")


def area_row(row: dict[str, str], cells: np.ndarray) -> dict[str, object]:
    """One row of the shipped areas.csv; `cells` int64[cells] are the area's adults."""
    adults = int(cells.sum())
    fifth = np.bincount(fifth_of(np.arange(CELLS)), weights=cells).astype(np.int64)
    out: dict[str, object] = {
        "code": row["code"],
        "ods_code": row["ods_code"],
        "short_name": short_name(row["name"]),
        "name": row["name"],
        "region": row["region"],
        "adults": adults,
        "population": row["population"],
    }
    out |= {f"imd_q{q + 1}": f"{fifth[q] / adults:.4f}" for q in range(len(FIFTHS))}
    out |= {new: row[old] for new, old in COPIED.items()}
    out["ltc_odds_factor"] = f"{float(row['qof_burden_index']) ** 0.5:.4f}"
    return out | {"successor_code": "", "successor_note": "", "source": AREA_SOURCE}


def csv_text(rows: list[dict[str, object]]) -> str:
    """Rows as CSV text with Unix line ends."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write_gzip(path: Path, text: str) -> None:
    """Gzip without a name or time inside, so the same text gives the same bytes."""
    with open(path, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(text.encode())


def write_areas_and_cells(shared: Path, out: Path) -> None:
    """areas.csv, rural.csv and population_cells.csv.gz."""
    # here, for raking needs a library that the other tables do without
    from calibration.population.population_margins import population_cells, read_rows, rural_rows

    rows = sorted(read_rows(shared / "areas.csv"), key=lambda row: row["code"])
    codes = [row["code"] for row in rows]
    cells = population_cells(shared, codes)
    table = [area_row(row, cells[i]) for i, row in enumerate(rows)]
    (out / "areas.csv").write_text(csv_text(table), encoding="utf-8")
    (out / "rural.csv").write_text(csv_text(rural_rows(shared, codes)), encoding="utf-8")
    lines = [f"{code},{cell},{count}\n" for i, code in enumerate(codes) for cell, count in enumerate(cells[i]) if count]
    write_gzip(out / "population_cells.csv.gz", "area,cell,count\n" + "".join(lines))


def forget_tables() -> None:
    """Make sim.people.population read its tables again."""
    for cached in (
        population._trait_tables,
        population.load_areas,
        rural_shares,
        population._area_words,
        population.cell_counts,
        population.area_cells,
        population._dealt,
        population.latent_cdf,
        population.cell_table,
        population.need_cumulative,
        demography.demography,
    ):
        cached.cache_clear()


def main() -> None:
    """Write the tables, areas first because the traits are balanced over them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, help="folder of gathered evidence: areas and people are built again too")
    shared = parser.parse_args().shared
    out = population.tables_dir()
    if shared is not None:
        write_areas_and_cells(shared, out)
        forget_tables()
    (out / "latents.csv").write_text(csv_text(build_latents()), encoding="utf-8")
    forget_tables()
    (out / "traits.csv").write_text(csv_text(build_traits()), encoding="utf-8")
    forget_tables()
    print(f"{population.load_areas().adults.sum():,} adults in {len(population.load_areas().code)} areas")


if __name__ == "__main__":
    main()

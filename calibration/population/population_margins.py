"""Margins of the adult population by area, and their raking into 400 cells.

Ages are mid-2020 estimates and the rest is Census 2021. The scale is the Census: within each
area and deprivation fifth, adults = Census residents of the fifth (the sum of its ethnic groups)
times the share of adults in the mid-2020 estimate of that fifth, split over age bands in the
mid-2020 proportions. Ethnic groups (all ages) are scaled to the adults of their fifth.
"""

from __future__ import annotations

import csv
from pathlib import Path

import humanleague
import numpy as np

from sim.vocabulary import AGES, ETHNICITIES, FIFTHS

RURAL_SOURCE = "RUC 2021 and Census 2021 via humaniverse/geographr; IMD 2025"

FEMALE_SHARE = 28_833_712 / 56_490_046
"""Census 2021, all ages (P283 over P282); boards have no sex margin of their own."""

FEMALE_BY_AGE = (0.49, 0.50, 0.505, 0.505, 0.51, 0.515, 0.545, 0.635)
"""Starting shares for raking (judgement): women outlive men; the [sex] margin then rules."""

OTHER_ETHNIC_BY_AGE = (1.5, 1.5, 1.5, 1.1, 0.8, 0.55, 0.45, 0.35)
"""Starting weight of groups other than white by age (judgement): they are younger."""


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file as dictionaries."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rural_rows(shared: Path, codes: list[str]) -> list[dict[str, object]]:
    """Rows of rural.csv: by board, the share of each deprivation fifth's residents who live in rural neighbourhoods."""
    count = joint_counts(read_rows(shared / "areas_joint.csv"), codes, "ruc21", ("rural", "urban"))
    share = count[:, :, 0] / np.maximum(count.sum(axis=2), 1.0)
    out: list[dict[str, object]] = []
    for code, of_board in zip(codes, share, strict=True):
        by_fifth: dict[str, object] = {f"rural_q{q}": f"{of_board[i]:.4f}" for i, q in enumerate(FIFTHS)}
        out.append({"code": code} | by_fifth | {"source": RURAL_SOURCE})
    return out


def joint_counts(rows: list[dict[str, str]], codes: list[str], variable: str, levels: tuple[str, ...]) -> np.ndarray:
    """float64[areas, 5 fifths, levels]: counts of areas_joint.csv, absent rows as zero."""
    out = np.zeros((len(codes), 5, len(levels)))
    where = {code: i for i, code in enumerate(codes)}
    for row in rows:
        if row["variable"] == variable and row["level"] in levels:
            fifth = int(row["imd2025_quintile"]) - 1
            out[where[row["code"]], fifth, levels.index(row["level"])] = float(row["count"])
    return out


def adult_margins(rows: list[dict[str, str]], codes: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """(age float64[areas, 8, 5], ethnicity float64[areas, 5, 5]) of adults, same fifth totals."""
    every = ("0-15", "16-17", *AGES)
    ages = joint_counts(rows, codes, "age_mye2020", every)
    ethnic = joint_counts(rows, codes, "ethnicity", ETHNICITIES)
    adults, everyone = ages[:, :, 2:], ages.sum(axis=2)
    residents = ethnic.sum(axis=2)
    if ((everyone <= 0) & (residents > 0)).any():
        raise ValueError("a deprivation fifth has Census residents and no mid-2020 estimate")
    safe = np.where(everyone > 0, everyone, 1.0)
    age = adults * (residents / safe)[:, :, None]
    scale = age.sum(axis=2) / np.where(residents > 0, residents, 1.0)
    return age.transpose(0, 2, 1), ethnic * scale[:, :, None]


def starting_weights() -> np.ndarray:
    """float64[8, 2, 5, 5]: association of age with sex and with ethnic group before raking."""
    female = np.array(FEMALE_BY_AGE)
    sex = np.stack([female, 1.0 - female], axis=1)
    ethnic = np.ones((len(AGES), len(ETHNICITIES)))
    ethnic[:, 1:] = np.array(OTHER_ETHNIC_BY_AGE)[:, None]
    return sex[:, :, None, None] * ethnic[:, None, None, :] * np.ones((1, 1, 5, 1))


def rake_area(age: np.ndarray, ethnic: np.ndarray) -> np.ndarray:
    """float64[8, 2, 5, 5] of one area: age [8, fifth], ethnic [fifth, 5], and England's sexes.

    The axes of every margin are named in the order of the array, (0, 2), (2, 3), (1): a square
    margin passed transposed would converge silently to the wrong ethnicity.
    """
    total = age.sum()
    sex = np.array([FEMALE_SHARE, 1.0 - FEMALE_SHARE]) * total
    index = [np.array([0, 2]), np.array([2, 3]), np.array([1])]
    # humanleague reads the buffer and ignores strides: a transposed view must be copied first
    margins = [np.ascontiguousarray(margin) for margin in (age, ethnic, sex)]
    raked, report = humanleague.ipf(starting_weights(), index, margins)  # type: ignore[arg-type]
    if not report["conv"]:
        raise ValueError("raking did not converge")
    return np.asarray(raked)


def whole_people(raked: np.ndarray) -> np.ndarray:
    """int64[400]: raked cells as whole people adding to the rounded total."""
    total = int(raked.sum() + 0.5)
    flat = raked.ravel() * (total / raked.sum())
    count, _ = humanleague.integerise(flat, total)
    out = np.asarray(count, dtype=np.int64)
    if out.sum() != total or out.min() < 0:
        raise ValueError("integer cells do not add to the area's adults")
    return out


def population_cells(shared: Path, codes: list[str]) -> np.ndarray:
    """int64[areas, 400]: adults by cell, cell = ((age*2 + sex)*5 + imd)*5 + ethnic group."""
    age, ethnic = adult_margins(read_rows(shared / "areas_joint.csv"), codes)
    return np.stack([whole_people(rake_area(age[i], ethnic[i])) for i in range(len(codes))])

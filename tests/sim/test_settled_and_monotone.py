"""What takes minutes: a settled start, more money. And, quickly: a run whose burn-in is too short says so."""

from __future__ import annotations

import pytest

from benchmarks import monotone, settled
from peerscale.cli import call


@pytest.mark.statistical
def test_burn_in_and_start_move_the_headline_by_less_than_half_a_point() -> None:
    """Twice the burn-in, an empty start, a full one: 20 worlds of 10,000 adults."""
    usual, *others = settled.measure().values()
    base = settled.availability(usual).mean()
    for other in others:
        assert abs(settled.availability(other).mean() - base) < settled.LIMIT_POINTS


@pytest.mark.statistical
def test_more_money_does_not_lower_mean_availability() -> None:
    """Over 20 seeds, from each budget to the next, beyond sampling error (two standard errors)."""
    runs = monotone.money_runs()
    for less, more in zip(runs, runs[1:], strict=False):
        gain, error = monotone.step(less, more)
        assert gain > -2.0 * error


@pytest.mark.slow
def test_starts_differ_while_the_burn_in_is_short() -> None:
    """The control: after a year, an empty and a full start are still far apart, so the limit could be missed."""
    empty, full = (settled.run_once(52, fill, worlds=2, weeks=52) for fill in (settled.empty, settled.full))
    assert settled.availability(full).mean() - settled.availability(empty).mean() > settled.LIMIT_POINTS


SMALL = ("run", "today", "--people", "5000", "--draws", "2", "--years", "0.6", "--place-size", "5000")


@pytest.mark.slow
def test_a_run_whose_stocks_still_drift_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Four years from nothing are not enough: no result, which stocks, how far, what to try."""
    code = call([*SMALL, "--burn-in", "208"])
    out, err = capsys.readouterr()
    assert code == 2 and out == ""
    assert "still drifting" in err and "%" in err and "--burn-in" in err


@pytest.mark.slow
def test_a_burn_in_too_short_to_tell_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Under four years drift cannot be measured: the run says so beside its figures."""
    assert call([*SMALL, "--burn-in", "60"]) == 0
    assert "too short to tell" in " ".join(capsys.readouterr().out.split())

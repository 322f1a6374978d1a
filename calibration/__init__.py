"""From published evidence to tables of parameters and people: the evidence library and the calibrator."""

from pathlib import Path

EVIDENCE = Path(__file__).parent / "evidence"

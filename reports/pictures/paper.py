"""What every matplotlib picture has: no screen, words as they were written, and a line that says whom it is of."""

from __future__ import annotations

from textwrap import wrap

import matplotlib
from matplotlib.figure import Figure

matplotlib.use("Agg")


def foot(figure: Figure, about: str) -> None:
    """Below a picture: where, how many people of how many, draws and seed."""
    figure.supxlabel(as_written("\n".join(wrap(about, int(20 * figure.get_figwidth())))), fontsize=7, color="#555555")


def as_written(text: str) -> str:
    """People's text as it was written: to matplotlib a dollar begins mathematics, and a leading _ leaves it out of the key."""
    return (" " if text.startswith("_") else "") + text.replace("$", r"\$")

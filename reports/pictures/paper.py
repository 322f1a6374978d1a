"""What every matplotlib picture has: no screen, words as they were written, and a line that says whom it is of.

Nothing here uses pyplot: its state belongs to whoever draws pictures of their own beside ours, in a notebook say.
"""

from __future__ import annotations

from textwrap import wrap
from typing import Any

from matplotlib.figure import Figure


def sheet(rows: int = 1, columns: int = 1, figsize: tuple[float, float] = (9, 5), **how: Any) -> tuple[Figure, Any]:
    """A new figure with its axes (an array where there are several), and no screen. `figsize` in inches."""
    figure = Figure(figsize=figsize, layout="constrained")
    return figure, figure.subplots(rows, columns, **how)


def foot(figure: Figure, about: str) -> None:
    """Below a picture: where, how many people of how many, draws and seed."""
    figure.supxlabel(as_written("\n".join(wrap(about, int(20 * figure.get_figwidth())))), fontsize=7, color="#555555")


def as_written(text: str) -> str:
    """People's text as it was written: to matplotlib a dollar begins mathematics, and a leading _ leaves it out of the key."""
    return (" " if text.startswith("_") else "") + text.replace("$", r"\$")

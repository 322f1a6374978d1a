"""The terminal: every text as it was written. What people write (titles, names, questions) is never read as markup."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

out = Console(highlight=False, soft_wrap=False, markup=False, emoji=False)


def head(console: Console, title: str, rest: str = "") -> None:
    """A line that begins with something in bold."""
    console.print(Text.assemble((title, "bold"), rest))


def dim(console: Console, text: str) -> None:
    """What stands beside, less loud."""
    console.print(Text(text, style="dim"))


def written(console: Console, text: str) -> None:
    """A text as it is, whatever the console makes of markup."""
    console.print(Text(text))


class Cells(Table):
    """A table whose cells and heads are texts as they were written."""

    def add_row(self, *cells: object, **how: object) -> None:
        """A row; see `rich.table.Table`."""
        super().add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells), **how)  # type: ignore[arg-type]


def plain_table(*columns: str) -> Table:
    """A table without lines: names to the left, figures to the right."""
    table = Cells(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for i, column in enumerate(columns):
        table.add_column(
            Text(column), justify="left" if i == 0 else "right", overflow="fold", max_width=60 if i == 0 else 24
        )
    return table


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table whose first column is never broken and whose others are never cut."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for i, name in enumerate(columns):
        table.add_column(name, no_wrap=i == 0, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False).print(table)

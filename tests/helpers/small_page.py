"""A page of one button, to try the server around it without the model."""

from __future__ import annotations

import solara

from dashboards.server.door import RIGHTS


@solara.component
def Page() -> None:
    """Counts how often it was pressed, and says which rights its visitor has."""
    pressed = solara.use_reactive(0)
    solara.Title("Small")
    solara.Button(f"pressed {pressed.value}", on_click=lambda: pressed.set(pressed.value + 1), classes=["shell"])
    solara.Text(f"rights: {solara.lab.headers.value[RIGHTS][0]}", classes=["rights"])

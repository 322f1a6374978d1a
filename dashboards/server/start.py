"""Starting uvicorn on a Solara page behind the shield: one way for every server of the project."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dashboards.server.door import KEY, Door
from dashboards.server.where import Where

ASSETS = Path(__file__).parent.parent / "assets"


def settings(app: str, assets: Path | None = ASSETS) -> dict[str, str]:
    """What Solara must be told to serve `app`: nothing from outside, our files, a page that comes back after a restart."""
    from dashboards.server import sessions, vendored

    return {
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
        "SOLARA_ASSETS_PROXY": "false",
        "SOLARA_ASSETS_CDN": vendored.BEGINS.rstrip("/"),
        "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
        "SOLARA_THEME_SHOW_BANNER": "false",
        "SOLARA_THEME_FORCE_REFRESH": "true",
        "SOLARA_THEME_LOADER": "plain",
        "SOLARA_THEME_TITLE": "peerscale",
        "SOLARA_KERNEL_CULL_TIMEOUT": sessions.VANISHED,
        "SOLARA_MODE": "production",
        "SOLARA_APP": app,
    } | ({"SOLARA_ASSETS_EXTRA_LOCATIONS": str(assets)} if assets else {})


def run(where: Where, told: dict[str, str], begun: Callable[[str], None]) -> None:
    """Serve until Ctrl-C what `told` says to Solara, which reads it when it is first imported.

    Once the server answers, `begun` gets an address that lets one browser in, once. Raises UserError: a short key.
    """
    door = Door(where.code, os.environ.get(KEY, ""))
    with tempfile.TemporaryDirectory(prefix="peerscale-server-", ignore_cleanup_errors=True) as state:
        os.environ.update(told | {"SOLARA_ASSETS_PROXY_CACHE_DIR": state, "IPYTHONDIR": state})
        _serve(where, door, begun)


def _serve(where: Where, door: Door, begun: Callable[[str], None]) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        """Says when it answers."""

        async def main_loop(self) -> None:
            print(where.told(door.key), flush=True)
            begun(f"{where.address}?key={door.key_for_once()}")
            await super().main_loop()

    Server(uvicorn.Config(_shielded(where, door), where.host, where.port, **_limits())).run()


def _limits() -> dict[str, Any]:
    """Times and sizes. No header of a request is believed about where it came from: whoever sends one could be anybody."""
    from dashboards.server import lines, messages

    return {
        "http": lines.Line,
        "ws_max_size": messages.LARGEST,
        "timeout_keep_alive": lines.IDLE_SECONDS,
        "timeout_graceful_shutdown": 5,
        "h11_max_incomplete_event_size": lines.LONGEST_HEADERS,
        "proxy_headers": False,
        "server_header": False,
        "access_log": False,
        "log_level": "warning",
    }


def _shielded(where: Where, door: Door) -> Any:
    """Solara's application behind the shield."""
    import pandas  # noqa: F401 - here, whole: a page that opens while another thread imports it would find half of it
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    # Solara has IPython make a shell, which would write a history among its owner's files; this one is there already.
    InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    warnings.filterwarnings("ignore", module="solara")  # about cookies without https, and a hook in Mesa's own code
    from solara.server.starlette import app

    from dashboards.server.entrance import Entrance
    from dashboards.server.hosts import Hosts
    from dashboards.server.sessions import Sessions
    from dashboards.server.shield import Shield

    return Shield(app, Hosts(where.host, where.names), Entrance(door, where.port), Sessions())

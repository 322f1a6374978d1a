"""Starting uvicorn on a Solara page behind the shield: one way for every server of the project."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path

ASSETS = Path(__file__).parent.parent / "assets"


def settings(app: str, assets: Path | None = ASSETS) -> dict[str, str]:
    """What Solara must be told to serve `app`: nothing from outside, our files, a page that comes back after a restart."""
    from dashboards.server import vendored

    return {
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
        "SOLARA_ASSETS_PROXY": "false",
        "SOLARA_ASSETS_CDN": vendored.BEGINS.rstrip("/"),
        "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
        "SOLARA_THEME_SHOW_BANNER": "false",
        "SOLARA_THEME_FORCE_REFRESH": "true",
        "SOLARA_THEME_LOADER": "plain",
        "SOLARA_KERNEL_CULL_TIMEOUT": "2h",
        "SOLARA_MODE": "production",
        "SOLARA_APP": app,
    } | ({"SOLARA_ASSETS_EXTRA_LOCATIONS": str(assets)} if assets else {})


def run(host: str, port: int, told: dict[str, str], begun: Callable[[], None]) -> None:
    """Serve until Ctrl-C what `told` says to Solara (it reads that when first imported); `begun` once it answers."""
    with tempfile.TemporaryDirectory(prefix="peerscale-server-") as state:
        os.environ.update(told | {"SOLARA_ASSETS_PROXY_CACHE_DIR": state})
        warnings.filterwarnings("ignore", module="solara")  # about cookies without https, and a hook in Mesa's own code
        import uvicorn
        from solara.server.starlette import app

        from dashboards.server.shield import Shield

        class Server(uvicorn.Server):
            """Says when it answers."""

            async def main_loop(self) -> None:
                begun()
                await super().main_loop()

        config = uvicorn.Config(Shield(app), host=host, port=port, log_level="warning", workers=1, access_log=False)
        Server(config).run()

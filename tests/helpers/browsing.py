"""The dashboard in a process of its own and browsers that look at it: for every test in Chromium. Skipped without it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if not CHROMIUM:
    pytest.skip("no Chromium on this machine: apt-get install chromium", allow_module_level=True)
sync_api = pytest.importorskip("playwright.sync_api", reason="pip install playwright axe-playwright-python")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python")
pytest.importorskip("solara", reason="pip install peerscale[dashboard]")

from benchmarks import way_in  # noqa: E402
from dashboards.server.where import free_port  # noqa: E402
from dashboards.work.searching import KEEP  # noqa: E402

ROOT = Path(__file__).parents[2]
SMALL = {"people": 600, "draws": 4, "weeks": 104, "burn_in": 52, "place_size": 300}
PATIENCE_MS = 60_000
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


class Server:
    """`peerscale dashboard` on a small study, in a process of its own. `search`: the settings of its searches."""

    def __init__(self, *arguments: str, study: Mapping[str, Any] = SMALL, search: Mapping[str, Any] | None = None):
        self.port, self.arguments = free_port("127.0.0.1"), arguments
        self.env = way_in.ENV | {"PYTHONPATH": str(ROOT), "PEERSCALE_DASHBOARD_STUDY": json.dumps(study)}
        if search is not None:
            self.env |= {"PEERSCALE_DASHBOARD_SEARCH": json.dumps(search)}
        self.address = f"http://127.0.0.1:{self.port}/"
        self.start()

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "peerscale",
            "dashboard",
            "--no-open",
            "--port",
            str(self.port),
            *self.arguments,
        ]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(300):
            try:
                with urllib.request.urlopen(self.address + "readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("the server did not come up")

    @contextlib.contextmanager
    def workers_held(self) -> Iterator[None]:
        """Meanwhile no run gets on: the server answers, and its workers stand still."""
        held = self._children()
        try:
            for one in held:
                os.kill(one, signal.SIGSTOP)
            yield
        finally:
            for one in held:
                os.kill(one, signal.SIGCONT)

    def _children(self) -> list[int]:
        told = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        return [int(pid) for pid, parent in map(str.split, told.splitlines()) if int(parent) == self.process.pid]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def serving(study: Mapping[str, Any] = SMALL, search: Mapping[str, Any] | None = None) -> Any:
    """A fixture for a module: a server of its own on such a study, which keeps its searches in a folder of its own."""

    @pytest.fixture(scope="module")
    def server(tmp_path_factory: pytest.TempPathFactory) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(KEEP, str(tmp_path_factory.mktemp("searches")))
            one = Server(study=study, search=search)
            yield one
            one.stop()

    return server


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as play:
        one = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield one
        one.close()


@pytest.fixture
def visit(browser):
    """Open an address in a browser of its own; at the end nothing may have failed or left the machine."""
    wrong: list[str] = []
    contexts = []

    def go(address: str, width: int = 1440):
        context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True)
        contexts.append(context)
        way_in.enter(context, address)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda m: wrong.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda e: wrong.append(f"error: {e}"))
        page.on("response", lambda r: wrong.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        page.on("request", lambda r: wrong.append(f"left the machine: {r.url}") if outside(r.url) else None)
        page.on("dialog", lambda d: (wrong.append(f"script ran: {d.message}"), d.dismiss()))
        page.goto(address)
        page.wait_for_selector(".shell, .gate")
        return page

    yield go
    for context in contexts:
        context.close()
    assert not wrong


def outside(url: str) -> bool:
    return not re.match(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:", url)


def settled(page) -> None:
    """Wait until the answer of what is asked is shown."""
    page.wait_for_selector("[role=status] >> text=Up to date")


def take(page, click: str, tmp_path: Path, first: str = "") -> Path:
    if first:
        page.click(first)
    with page.expect_download() as waiting:
        page.click(click)
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path

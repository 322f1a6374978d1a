"""How fast the dashboard answers: from a slider released to the main chart changed, in Chromium.

    python benchmarks/dashboard.py [moves] [--small]

Starts the server, waits until today's policy and the opening levers' effects are known, then moves the three
opening levers by keyboard and measures to the first changed chart (an estimate) and to the model's own answer.
`--small` uses a study of a few hundred adults, to try the script itself.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, TimeoutError, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))
from benchmarks import way_in  # noqa: E402

PORT = 8797
SMALL = '{"people": 600, "draws": 4, "weeks": 104, "burn_in": 52, "place_size": 300}'
WATCH = """() => { window.changed = null; window.was = '';
  const look = () => { const now = (document.querySelector('.picture') || {}).innerHTML || '';
    if (now !== window.was) { window.was = now; window.changed = performance.now(); } requestAnimationFrame(look); }; look(); }"""
LEVERS = ("self_referral", "group_founding", "budget_board")


def serve(small: bool) -> subprocess.Popen[bytes]:
    """The server in a process of its own."""
    env = os.environ | way_in.ENV | ({"PEERSCALE_DASHBOARD_STUDY": SMALL} if small else {})
    command = [sys.executable, "-m", "peerscale", "dashboard", "--no-open", "--port", str(PORT)]
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def open_page(page: Page) -> float:
    """Seconds from asking for the page to its header."""
    for _ in range(200):
        try:
            begun = time.perf_counter()
            way_in.enter(page.context, f"http://127.0.0.1:{PORT}/")
            page.goto(f"http://127.0.0.1:{PORT}/")
            page.wait_for_selector(".shell", timeout=30_000)
            return time.perf_counter() - begun
        except Exception:  # noqa: BLE001 - the server is not up yet
            time.sleep(0.3)
    raise SystemExit("the server did not come up")


def one_move(page: Page, lever: str, key: str) -> tuple[float, float, bool] | None:
    """(ms to the first changed chart, ms to the model's answer, whether the first was an estimate).

    None where the picture stays the same, as at the end of a slider.
    """
    page.focus(f"#lever-{lever}")
    page.evaluate("window.changed = null; window.begun = 0")
    page.evaluate(
        "document.addEventListener('keyup', () => { window.begun = performance.now(); }, { once: true, capture: true })"
    )
    page.keyboard.press(key)
    try:
        page.wait_for_function("window.changed && window.changed > window.begun", timeout=30_000, polling=20)
    except TimeoutError:
        return None
    first = page.evaluate("window.changed - window.begun")
    guess = page.locator(".estimate").count() > 0
    page.wait_for_selector("[role=status] >> text=Up to date", timeout=120_000)
    return first, page.evaluate("window.changed - window.begun"), guess


def ready(page: Page, patience_s: float) -> None:
    """Wait until today's policy is there, then give the effects time to be learnt."""
    page.wait_for_selector(".picture svg", state="attached", timeout=300_000)
    page.wait_for_timeout(1000 * patience_s)


def quantile(values: list[float], share: float) -> float:
    """The value below which `share` of them lie."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    """Measure and print as JSON."""
    numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
    moves, small = (numbers or [40])[0], "--small" in sys.argv
    server, luck = serve(small), random.Random(1)
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            view = open_page(page)
            ready(page, 10 if small else 90)
            again = open_page(page)
            ready(page, 1)
            page.evaluate(WATCH)
            found = [
                one_move(page, luck.choice(LEVERS), luck.choice(("ArrowRight", "PageUp", "ArrowRight", "ArrowLeft")))
                for _ in range(moves)
            ]
            browser.close()
    finally:
        server.terminate()
        server.wait()
    found = [move for move in found if move]
    if not found:
        raise SystemExit("no move changed the chart")
    first, last = [f[0] for f in found], [f[1] for f in found]
    print(
        json.dumps(
            {
                "moves": len(found),
                "estimates": sum(f[2] for f in found),
                "first_view_s": round(view, 2),
                "view_again_s": round(again, 2),
                "first_ms": {"median": round(statistics.median(first)), "p95": round(quantile(first, 0.95))},
                "model_ms": {"median": round(statistics.median(last)), "p95": round(quantile(last, 0.95))},
                "load": os.getloadavg(),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()

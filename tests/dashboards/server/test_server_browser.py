"""The way in, the security policy and the way back, in a real browser; `peerscale watch` behind the same shield."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from browsing import PATIENCE_MS, browser
from small_server import ROOT, SmallServer, until  # noqa: E402

from benchmarks import way_in  # noqa: E402
from dashboards.server.where import free_port  # noqa: E402

__all__ = ["browser"]
pytestmark = pytest.mark.browser
CODE = "ABCD-EFGH"


@pytest.fixture(scope="module")
def server():
    one = SmallServer(CODE)
    yield one
    assert "left the machine" not in one.end()


@pytest.fixture
def page(browser):
    """A browser of its own."""
    context = browser.new_context()
    one = context.new_page()
    one.set_default_timeout(PATIENCE_MS)
    yield one
    context.close()


def test_the_opened_address_leaves_no_secret_in_the_bar_or_the_history(page, server):
    page.goto(f"{server.address}?policy=grants&key={way_in.KEY}")
    page.wait_for_selector(".shell")
    assert page.url.rstrip("/") == f"{server.address}?policy=grants".rstrip("/") or "key" not in page.url
    assert (
        way_in.KEY not in page.evaluate("document.cookie + document.referrer + location.href")
        and page.evaluate("document.cookie") == ""
    )
    assert "rights: facilitator" in page.inner_text("body")


def test_a_link_from_an_email_leads_through_the_code_to_what_it_shows(page, server):
    page.goto(f"{server.address}?policy=grants&set=self_referral:0.6")
    assert page.locator(".shell").count() == 0
    page.fill(".gate input[name=code]", "WRONG-CODE")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert] >> text=That is not the code.")
    page.fill(".gate input[name=code]", "abcd efgh")
    page.click(".gate button")
    page.wait_for_selector(".shell")
    assert page.url.endswith("?policy=grants&set=self_referral:0.6") and "rights: table" in page.inner_text("body")


def test_no_page_comes_without_unsafe_eval_which_is_why_it_is_allowed(page):
    server = SmallServer(no_eval=True)
    try:
        page.add_init_script(
            "window.seen = []; document.addEventListener('securitypolicyviolation', e => window.seen.push(e.blockedURI))"
        )
        way_in.enter(page.context, server.address)
        page.goto(server.address)
        page.wait_for_function("window.seen.includes('eval')")
        page.wait_for_timeout(3000)
        assert page.locator(".shell").count() == 0
    finally:
        server.end()


def test_a_script_or_a_source_that_was_put_into_the_page_does_not_run(page, server):
    refused: list[str] = []
    page.on("console", lambda m: refused.append(m.text) if m.type == "error" else None)
    way_in.enter(page.context, server.address)
    page.goto(server.address)
    page.wait_for_selector(".shell")
    assert not refused
    page.evaluate("""() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s);
        const i = document.createElement('img'); i.src = 'http://127.0.0.2:9/x.png'; i.setAttribute('onerror', 'window.ran = 1'); document.body.append(i); }""")
    page.wait_for_timeout(1000)
    assert page.evaluate("window.ran") is None and len(refused) >= 2


def test_another_pages_frame_image_and_socket_get_nothing(browser, server):
    context = browser.new_context()
    way_in.enter(context, server.address)
    page = context.new_page()
    other = SmallServer()
    try:
        page.goto(
            f"{other.address}nothing"
        )  # another origin on the same machine, without a policy against reaching out
        found = page.evaluate(
            """async (address) => {
            const seen = {};
            seen.fetch = await fetch(address, { credentials: 'include', mode: 'no-cors' }).then(a => a.type, () => 'refused');
            seen.socket = await new Promise(done => { const s = new WebSocket(address.replace('http', 'ws') + 'jupyter/api/kernels/x/channels?session_id=y');
              s.onopen = () => done('open'); s.onerror = () => done('refused'); });
            return seen; }""",
            server.address,
        )
        assert found == {"fetch": "refused", "socket": "refused"}
    finally:
        other.end()
        context.close()


def test_a_page_that_was_open_through_a_restart_shows_the_way_in_and_comes_back(page):
    server = SmallServer(CODE)
    way_in.enter(page.context, server.address)
    page.goto(f"{server.address}?policy=grants")
    page.wait_for_selector(".shell")
    server.end()
    page.context.clear_cookies()  # as after a restart with a new secret
    again = SmallServer(CODE, port=server.port)
    try:
        page.wait_for_selector(".gate")
        page.fill(".gate input[name=code]", CODE)
        page.click(".gate button")
        page.wait_for_selector(".shell")
        assert page.url.endswith("?policy=grants")
    finally:
        again.end()


def test_watch_is_behind_the_same_shield(page):
    pytest.importorskip("altair", reason="pip install peerscale[watch]")
    port = free_port("127.0.0.1")
    command = [sys.executable, "-m", "peerscale", "watch", "--no-open", "--port", str(port)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | way_in.ENV | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        server = SmallServer.__new__(SmallServer)
        server.port, server.address = port, f"http://127.0.0.1:{port}/"
        until(server._up, "the server to come up", 120)
        assert server.ask("/")[0] == 200 and b"solara" not in server.ask("/")[2] and server.ask("/resourcez")[0] == 404
        assert (
            server.ask("/", Host="evil.example", Cookie=server.cookie())[0]
            == 403
            == server.ask("/", Origin="http://evil.example")[0]
        )
        assert "frame-ancestors 'none'" in server.ask("/", Cookie=server.cookie())[1]["content-security-policy"]
        wrong: list[str] = []
        page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
        page.on("response", lambda r: wrong.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        page.goto(f"{server.address}?key={way_in.KEY}")
        page.wait_for_selector("text=Organisations that are open", timeout=2 * PATIENCE_MS)
        assert not wrong
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)

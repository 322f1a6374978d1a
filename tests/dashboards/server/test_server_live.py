"""The server attacked over the wire: names, origins, codes, sessions, half requests, floods. Each attack is of docs/security.md."""

from __future__ import annotations

import re
import socket
import time
from urllib.parse import quote

import psutil
import pytest

for needed in ("solara", "websockets", "psutil"):
    pytest.importorskip(needed, reason='pip install "peerscale[dashboard]"')

from small_client import Client  # noqa: E402
from small_server import SmallServer, until  # noqa: E402
from websockets.exceptions import ConnectionClosed, InvalidStatus  # noqa: E402

from benchmarks import way_in  # noqa: E402
from dashboards.server import lines, messages, patience  # noqa: E402

CODE = "ABCD-EFGH"
LINK = "/?v=1&policy=grants&set=self_referral:0.6"
OUTSIDE = (
    "/static/main-vuetify.js",
    "/_solara/cdn/requirejs@2.3.6/require.js",
    "/jupyter/nbextensions/jupyter-vuetify/extension.js",
)


@pytest.fixture(scope="module")
def server():
    one = SmallServer(CODE)
    yield one
    printed = one.end()
    assert "left the machine" not in printed and "Traceback" not in printed


@pytest.fixture
def start():
    """Start a server with limits of its own; what it printed must hold no way off the machine."""
    running = []

    def begin(code: str = "", **limits):
        running.append(SmallServer(code, **limits))
        return running[-1]

    yield begin
    for one in running:
        assert "left the machine" not in one.end()


def enter(server: SmallServer, code: str, then: str = "/", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Send the code page's form."""
    body = f"code={quote(code)}&next={quote(then, safe='')}".encode()
    return server.ask("/enter", "POST", body, Content_Type="application/x-www-form-urlencoded", **headers)


# ------------------------------------------------------------------ who may ask


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "image"},
    ],
)
@pytest.mark.parametrize(
    "path", ["/", "/readyz", "/inside", f"/?key={way_in.KEY}", "/_solara/cdn/requirejs@2.3.6/require.js"]
)
def test_another_origin_or_name_is_refused_even_with_the_cookie(server, path, headers):
    status, told, body = server.ask(path, Cookie=server.cookie(), **headers)
    assert status == 403 and "set-cookie" not in told and b"<" not in body


@pytest.mark.parametrize(
    "given",
    [
        {"origin": "http://evil.example"},
        {"origin": None},
        {"cookie": ""},
        {"cookie": "peerscale=1"},
        {"host": "evil.example"},
    ],
)
def test_a_socket_from_elsewhere_or_from_nobody_is_refused(server, given):
    with pytest.raises(InvalidStatus):
        Client(server, **given)


def test_the_page_itself_moves_over_its_socket(server):
    page = Client(server).open()
    page.press()
    assert page.text("pressed") == "pressed 1"
    page.close()


def test_nobody_reads_anything_without_a_way_in(server):
    assert all(server.ask(path)[0] == 403 for path in OUTSIDE)
    status, _, body = server.ask(LINK)
    assert status == 200 and b"Access code" in body and b"<script" not in body and b"solara" not in body
    assert server.ask("/inside")[2] == b"no" and server.ask("/inside", Cookie=server.cookie())[2] == b"yes"


def test_the_secret_becomes_a_cookie_and_leaves_the_address(server):
    status, headers, _ = server.ask(f"{LINK}&key={way_in.KEY}")
    assert (status, headers["location"], headers["referrer-policy"]) == (303, LINK, "no-referrer")
    assert {"httponly", "samesite=lax", "path=/"} <= set(headers["set-cookie"].lower().split("; "))
    wrong = server.ask(f"{LINK}&key=wrong")
    assert (wrong[0], wrong[1]["location"]) == (303, LINK) and "set-cookie" not in wrong[1]


def test_a_link_cannot_choose_the_session_that_its_reader_opens(server):
    status, headers, _ = server.ask("/?kernelid=known&v=1&modelid=2", Cookie=server.cookie())
    assert (status, headers["location"]) == (303, "/?v=1")


def test_a_shared_link_leads_through_the_code_page_to_what_it_shows(server):
    status, headers, _ = enter(server, "abcd efgh", LINK)
    assert (status, headers["location"]) == (303, LINK)
    assert server.ask(LINK, Cookie=headers["set-cookie"].split(";")[0])[0] == 200


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example/", "/\\evil.example", "/?a\r\nX: y"])
def test_the_code_page_leads_nowhere_else(server, then):
    assert enter(server, CODE, then)[1]["location"] == "/"


def test_another_page_cannot_send_the_code_form(server):
    assert enter(server, CODE, Origin="http://evil.example")[0] == 403


def test_every_answer_forbids_framing_guessing_and_foreign_sources(server):
    cookie = server.cookie()
    for path in ("/", "/readyz", "/nothing", "/enter", *OUTSIDE):
        for headers in (server.ask(path)[1], server.ask(path, Cookie=cookie)[1]):
            assert headers["x-frame-options"] == "DENY" and headers["x-content-type-options"] == "nosniff"
            assert (
                "frame-ancestors 'none'" in headers["content-security-policy"]
                and "default-src 'none'" in headers["content-security-policy"]
            )
    page = server.ask("/", Cookie=cookie)
    nonce = re.search(r"'nonce-([\w-]+)'", page[1]["content-security-policy"])[1]
    assert (
        page[2].count(b"<script") == page[2].count(f'<script nonce="{nonce}"'.encode()) > 5
        and "set-cookie" not in page[1]
    )


def test_no_header_tells_solara_where_it_is_served(server):
    lies = {
        "Script_Name": "/evil",
        "X_Script_Name": "//evil.example",
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Proto": "https",
        "X_Peerscale_Rights": "facilitator",
    }
    assert b"evil" not in server.ask("/", Cookie=server.cookie(), **lies)[2]
    assert b"evil" not in server.ask("/", Cookie=server.cookie())[2]


# ------------------------------------------------------------------ rights


def test_whoever_started_it_is_the_facilitator_and_a_code_makes_a_table(server):
    table = enter(server, CODE)[1]["set-cookie"].split(";")[0]
    for cookie, rights in ((server.cookie(), "facilitator"), (table, "table")):
        page = Client(server, cookie).open()
        assert page.shown("rights") == f"rights: {rights}"
        page.close()


def test_another_visitors_page_cannot_be_taken_over_or_closed(server):
    mine = Client(server).open()
    close = f"/_solara/api/close/{mine.kernel}?session_id={mine.page}"
    assert server.ask(close, "POST", b"")[0] == 404 and server.ask(close, "POST", b"", Cookie=server.cookie())[0] == 200
    with pytest.raises(InvalidStatus):
        Client(server, kernel=mine.kernel)
    mine.press()
    mine.close()


# ------------------------------------------------------------------ wrong codes


def test_wrong_codes_slow_their_sender_and_not_who_is_inside(start):
    server = start(CODE)
    page = Client(server).open()
    answers = [enter(server, f"WRONG-{number:04d}") for number in range(patience.FREE + 3)]
    assert [answer[0] for answer in answers[: patience.FREE]] == [403] * patience.FREE
    assert answers[-1][0] == 429 and int(answers[-1][1]["retry-after"]) <= patience.LONGEST_SECONDS
    page.press()
    assert server.ask("/", Cookie=server.cookie())[0] == 200
    until(lambda: enter(server, CODE)[0] == 303, "the next code to be read", 2 * patience.LONGEST_SECONDS)
    page.close()


def test_a_large_or_slow_form_is_no_code(server):
    assert server.ask("/enter", "POST", b"code=" + b"a" * 2_000_000)[0] in (403, 429)


# ------------------------------------------------------------------ messages


@pytest.mark.parametrize("what", ["import", "binary", "nonsense", "huge", "deep"])
def test_a_message_that_no_page_sends_ends_its_socket_and_nothing_runs(start, what, tmp_path):
    server = start()
    page, other = Client(server).open(), Client(server).open()
    button = next(key for key, state in page.widgets.items() if "pressed" in str(state.get("children")))
    made = {"create_widget": ["pathlib", "Path"], "props": {}, "id": str(tmp_path / "made")}
    send = {
        "import": lambda: page.say(button, {"method": "custom", "content": made}),
        "binary": lambda: page.socket.send(b"\x00\x00\x00\x01"),
        "nonsense": lambda: page.socket.send("{"),
        "huge": lambda: page.socket.send("x" * (messages.LARGEST + 1)),
        "deep": lambda: page.socket.send("[" * 100_000),
    }
    try:
        send[what]()
    except ConnectionClosed:
        assert what == "huge"
    assert page.closed()
    other.press()
    other.close()
    assert "Traceback" not in server.end()


def test_a_flood_of_moves_is_slowed_and_others_are_answered(start):
    server = start()
    flood, other = Client(server).open(), Client(server).open()
    button = next(key for key, state in flood.widgets.items() if "pressed" in str(state.get("children")))
    for _ in range(int(messages.AT_ONCE) + 200):
        flood.say(button, {"method": "custom", "content": {"event": "click", "data": {}}})
    other.press()
    begun = time.monotonic()
    flood.until(lambda: flood.text("pressed") == f"pressed {int(messages.AT_ONCE) + 100}", 120)
    assert time.monotonic() - begun > 1, "a hundred beyond the free ones take five seconds at twenty a second"
    flood.close()
    other.close()


# ------------------------------------------------------------------ connections and sessions


def raw(server: SmallServer, sent: bytes) -> socket.socket:
    """A connection with something sent."""
    line = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    line.sendall(sent)
    return line


def ended(line: socket.socket) -> bytes:
    """What the server still sends before it ends the connection. Raises TimeoutError where it does not."""
    got = b""
    try:
        while part := line.recv(65536):
            got += part
    except ConnectionResetError:
        pass
    return got


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n",
        b"POST /enter HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\ncode",
        b"POST /readyz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n",
        b"GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\nGET",
    ],
)
def test_half_a_request_ends_by_itself(start, sent):
    server = start(CODE, ask_seconds=1.0, answer_seconds=2.0)
    ended(raw(server, sent))


def test_headers_that_drip_in_end_in_the_same_time(start):
    server = start(ask_seconds=1.5)
    line, dripped = raw(server, b"GET / HTTP/1.1\r\n"), 0
    with pytest.raises(OSError):  # noqa: PT012 - the server hangs up at some letter
        while dripped < 200:
            line.sendall(b"a")
            dripped += 1
            time.sleep(0.1)
    assert dripped < 200


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /?" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: localhost\r\n\r\n",
    ],
)
def test_a_long_or_broken_request_is_told_and_ended(server, sent):
    line = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    try:
        line.sendall(sent)
        got = ended(line)
    except (BrokenPipeError, ConnectionResetError):
        got = b""
    assert got == b"" or got.startswith((b"HTTP/1.1 400", b"HTTP/1.1 403", b"HTTP/1.1 431"))


def test_half_open_connections_give_way_to_people(start):
    server = start(most_lines=20, ask_seconds=60.0)
    half = [raw(server, b"GET / HTTP/1.1\r\n") for _ in range(60)]
    assert server.ask("/", Cookie=server.cookie())[0] == 200
    page = Client(server).open()
    page.press()
    open_now = [one for one in psutil.Process(server.process.pid).net_connections("tcp") if one.status == "ESTABLISHED"]
    assert len(open_now) <= 21
    page.close()
    for line in half:
        line.close()


def test_with_every_connection_in_use_the_next_is_told_so_plainly(start):
    server = start(most_lines=4)
    pages = [Client(server).open() for _ in range(4)]
    answer = ended(raw(server, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"))
    assert answer.startswith(b"HTTP/1.1 503") and lines.FULL in answer
    for page in pages:
        page.press()
        page.close()


def test_a_full_room_says_so_and_who_is_in_goes_on(start):
    server = start(most_pages=2)
    cookie = server.cookie()
    pages = [Client(server, cookie).open(), Client(server).open()]
    status, headers, body = server.ask("/", Cookie=server.cookie())
    assert (
        status == 503
        and b"The room is full" in body
        and headers["retry-after"]
        and server.ask("/", Cookie=cookie)[0] == 200
    )
    with pytest.raises(InvalidStatus):
        Client(server)
    pages[0].press()
    pages[1].close()
    until(lambda: server.ask("/inside", Cookie=server.cookie())[2] == b"yes", "room for another")
    third = Client(server).open()  # the vanished page gives way
    third.press()
    for page in (pages[0], third):
        page.close()


def test_one_visitor_cannot_fill_the_room(start):
    server = start(most_of_one=2)
    cookie = server.cookie()
    pages = [Client(server, cookie).open() for _ in range(2)]
    with pytest.raises(InvalidStatus):
        Client(server, cookie)
    pages.append(Client(server).open())
    for page in pages:
        page.close()


def test_a_page_whose_socket_has_gone_ends_and_one_that_comes_back_in_time_does_not(start):
    server = start(vanished="4s")
    gone, back = Client(server).open(), Client(server).open()
    back.close()
    again = Client(server, back.cookie, kernel=back.kernel)
    assert again.started()
    gone.close()
    time.sleep(10)
    late = Client(server, gone.cookie, kernel=gone.kernel)
    assert not late.started() and again.started()
    for page in (late, again):
        page.close()


# ------------------------------------------------------------------ what is left behind


def test_nothing_is_written_but_its_own_state_and_nothing_of_it_stays(start, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    server = start(CODE)
    Client(server).open().press()
    assert [path.name.startswith("peerscale-server-") for path in tmp_path.iterdir() if path.name != "home"] == [True]
    before = {str(p) for p in (tmp_path / "home").rglob("*")}
    for path in ("/", f"/?key={way_in.KEY}", *OUTSIDE):
        server.ask(path, Cookie=server.cookie())
    page = Client(server).open()
    page.press()
    page.close()
    assert {str(p) for p in (tmp_path / "home").rglob("*")} == before
    server.end()
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_no_secret_and_no_code_is_logged(start):
    server = start(CODE)
    server.ask(f"/?key={way_in.KEY}&marked-by-the-test=1")
    enter(server, "WRONG-CODE")
    ended(raw(server, f"GET /?key={way_in.KEY} HTTP/9\r\n\r\n".encode()))
    printed = server.end()
    assert printed.count(way_in.KEY) == 1 == printed.count(CODE), "once, where the terminal tells its owner"
    assert "marked-by-the-test" not in printed and "WRONG-CODE" not in printed

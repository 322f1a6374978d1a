"""Names, codes, keys, cookies and messages: what the server's parts take and refuse, without a server."""

from __future__ import annotations

import json
import re

import pytest

pytest.importorskip("solara", reason='pip install "peerscale[dashboard]"')

from dashboards.server import door, entrance, headers, messages, pages, patience  # noqa: E402
from dashboards.server.door import Door  # noqa: E402
from dashboards.server.hosts import Hosts  # noqa: E402
from dashboards.server.where import Where, where  # noqa: E402
from sim.errors import UserError  # noqa: E402

HERE = "10.1.2.3"


def refused(hosts: Hosts, kind: str = "http", arrived: str = HERE, **given: str) -> bool:
    """Whether a request with these headers is refused."""
    sent = [(name.lower().replace("_", "-").encode(), value.encode()) for name, value in given.items()]
    return bool(hosts.refusal({"type": kind, "server": (arrived, 8765), "headers": sent}))


@pytest.mark.parametrize("host", ["localhost:8765", "127.0.0.1:8765", "[::1]:8765", "LOCALHOST", "127.0.0.1"])
def test_loopback_answers_to_its_own_names(host):
    assert not refused(Hosts("127.0.0.1"), Host=host)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8765",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.1.2.3",
        "",
        "localhost@evil.example",
        "localhost:8765:1",
        "localhost/..",
        "0.0.0.0",
        "local host",
        "localhost,evil.example",
        "2130706433",
    ],
)
def test_a_rebound_or_foreign_name_gets_nothing(host):
    assert refused(Hosts("127.0.0.1"), Host=host) and refused(
        Hosts("127.0.0.1"), "websocket", Host=host, Origin=f"http://{host}"
    )
    assert refused(Hosts("127.0.0.1"))


def test_bound_to_all_interfaces_it_answers_to_this_machines_names_and_the_address_connected_to():
    import socket

    everywhere = Hosts("0.0.0.0", ["Workshop.Example.org"])
    for host in (
        f"{HERE}:8765",
        socket.gethostname(),
        f"{socket.gethostname()}.local:8765",
        "workshop.example.org",
        "localhost",
    ):
        assert not refused(everywhere, Host=host)
    assert not refused(everywhere, Host="10.1.2.3", arrived="::ffff:10.1.2.3")
    for host in ("10.1.2.4", "evil.example", "0.0.0.0"):
        assert refused(everywhere, Host=host)
    assert refused(Hosts("10.1.2.3"), Host="10.9.9.9", arrived="10.9.9.9") and not refused(
        Hosts("10.1.2.3"), Host="10.1.2.3:80"
    )


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://localhost:9999",
        "http://localhost",
        "https://localhost:8765.evil.example",
        "file://",
        "",
    ],
)
def test_a_page_from_elsewhere_gets_nothing(origin):
    assert refused(Hosts("127.0.0.1"), Host="localhost:8765", Origin=origin)
    assert refused(Hosts("127.0.0.1"), "websocket", Host="localhost:8765", Origin=origin)


def test_its_own_page_is_answered_and_a_socket_must_say_where_it_comes_from():
    own = {"Host": "localhost:8765", "Origin": "http://localhost:8765"}
    assert not refused(Hosts("127.0.0.1"), **own) and not refused(Hosts("127.0.0.1"), "websocket", **own)
    assert not refused(Hosts("127.0.0.1"), Host="localhost:8765") and refused(
        Hosts("127.0.0.1"), "websocket", Host="localhost:8765"
    )


@pytest.mark.parametrize(
    ("site", "mode", "dest", "no"),
    [
        ("cross-site", "no-cors", "image", True),
        ("same-site", "no-cors", "image", True),
        ("cross-site", "navigate", "iframe", True),
        ("same-origin", "navigate", "iframe", True),
        ("cross-site", "navigate", "document", False),
        ("none", "navigate", "document", False),
        ("same-origin", "cors", "script", False),
    ],
)
def test_images_and_frames_of_other_pages_get_nothing_and_a_link_in_an_email_works(site, mode, dest, no):
    assert (
        refused(Hosts("127.0.0.1"), Host="localhost", Sec_Fetch_Site=site, Sec_Fetch_Mode=mode, Sec_Fetch_Dest=dest)
        is no
    )


def test_who_guesses_waits_longer_each_time_and_nobody_else_does():
    guesses, at = patience.Patience(), 0.0
    waits = []
    for _ in range(patience.FREE + 8):
        at += guesses.wait("10.0.0.1", at)
        guesses.wrong("10.0.0.1", at)
        waits.append(guesses.wait("10.0.0.1", at))
    assert waits[: patience.FREE - 1] == [0.0] * (patience.FREE - 1) and waits[patience.FREE - 1] == 1.0
    assert waits == sorted(waits) and waits[-1] == patience.LONGEST_SECONDS
    assert guesses.wait("10.0.0.2", at) == 0.0
    guesses.right("10.0.0.1")
    assert guesses.wait("10.0.0.1", at) == 0.0


def test_silence_is_forgiven_and_many_clients_take_no_more_memory():
    guesses = patience.Patience()
    for _ in range(20):
        guesses.wrong("a", 0.0)
    guesses.wrong("a", 2 * patience.FORGOTTEN_SECONDS)
    assert guesses.wait("a", 2 * patience.FORGOTTEN_SECONDS) == 0.0
    for number in range(2 * patience.MOST_CLIENTS):
        guesses.wrong(f"10.{number // 65536}.{number // 256 % 256}.{number % 256}", 0.0)
    assert len(guesses._wrong) == patience.MOST_CLIENTS


def test_one_machine_with_many_new_addresses_is_one_client():
    guesses = patience.Patience()
    for number in range(patience.FREE + 2):
        guesses.wrong(f"2001:db8:1:2::{number:x}", 0.0)
    assert guesses.wait("2001:db8:1:2:ffff::1", 0.0) > 0 and guesses.wait("2001:db8:1:3::1", 0.0) == 0.0


def test_codes_are_long_and_read_as_people_type_them():
    code = door.new_code()
    assert len(door.plain(code)) == door.LEAST_CODE and len(door.LETTERS) ** door.LEAST_CODE > 8e11
    one = Door(code)
    assert (
        one.is_code(code.lower().replace("-", " "))
        and not one.is_code(code[:-1])
        and not one.is_code("")
        and not one.is_code("é" * 8)
    )
    assert not Door("").takes_codes and not Door("").is_code("") and door.new_code() != door.new_code()


@pytest.mark.parametrize("code", ["2468", "       ", "a-b-c-d-e-f-g"])
def test_a_short_code_is_refused_before_anything_starts(code):
    with pytest.raises(UserError, match="--code"):
        where("127.0.0.1", 0, code, ())


@pytest.mark.parametrize("name", ["", "http://a.example", "a b", "*", "a@b"])
def test_a_host_that_is_no_name_is_refused(name):
    with pytest.raises(UserError, match="--allow-host"):
        where("127.0.0.1", 0, "", (name,))


def test_the_network_always_has_a_code_and_loopback_needs_none():
    assert (
        where("127.0.0.1", 0, "", ()).code == ""
        and len(door.plain(where("0.0.0.0", 0, "", ()).code)) == door.LEAST_CODE
    )
    there = Where("127.0.0.1", 8765, "ABCD-EFGH")
    assert (
        "?key=secret" in there.told("secret")
        and "ABCD-EFGH" in there.told("secret")
        and Where("::1", 1).address == "http://[::1]:1/"
    )


def test_a_cookie_is_good_only_as_it_was_given_and_where_it_was_given():
    one, other = Door(), Door()
    mark = one.mark(door.TABLE)
    assert one.visitor(mark) is not None and one.visitor(mark).rights == door.TABLE
    assert other.visitor(mark) is None and one.visitor(mark.replace("table", "facilitator")) is None
    assert (
        one.visitor(mark[:-1] + ("0" if mark[-1] != "0" else "1")) is None
        and one.visitor("") is None
        and one.visitor("x" * 10**5) is None
    )
    assert one.visitor(one.mark(door.TABLE)).name != one.visitor(mark).name
    kept = Door(key="k" * 32)
    assert Door(key="k" * 32).visitor(kept.mark(door.TABLE)) is not None
    with pytest.raises(UserError, match="32"):
        Door(key="short")


def test_the_key_that_a_browser_is_opened_with_opens_once():
    one = Door()
    once = one.key_for_once()
    assert (
        one.is_key(once)
        and not one.is_key(once)
        and one.is_key(one.key)
        and one.is_key(one.key)
        and not one.is_key("")
        and not one.is_key("é")
    )


@pytest.mark.parametrize(
    "then",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/x",
        "",
        "/?a\r\nSet-Cookie: b",
        "/?a b",
        "\t//evil.example",
    ],
)
def test_a_way_in_leads_nowhere_else(then):
    assert entrance.OWN.fullmatch(then) is None


def test_a_shared_link_is_kept_whole_through_the_code_page():
    link = "/?v=1&policy=grants&set=self_referral:0.6&pin=A%20%26%20B~open_door~~"
    assert entrance.OWN.fullmatch(link)
    assert (
        re.search(r'name="next" type="hidden" value="([^"]*)"', pages.ask_code(link))[1].replace("&amp;", "&") == link
    )
    assert "<img" not in pages.ask_code('/?"><img src=x onerror=alert(1)>') and "<b>" not in pages.ask_code("/", "<b>")
    assert entrance.without("key=1&v=1&kernelid=2&%6bey=3&pin=a+b", entrance.NOT_OURS) == "v=1&pin=a+b"


def test_no_foreign_source_is_named_and_only_scripts_of_the_answer_run():
    document, nonce = headers.with_nonce(b"<script>a</script><scripts><script src=b>")
    assert document.count(f'nonce="{nonce}"'.encode()) == 2 and headers.with_nonce(b"")[1] != nonce
    said = headers.policy("localhost:8765", nonce)
    assert (
        "frame-ancestors 'none'" in said
        and "default-src 'none'" in said
        and "unsafe-inline" not in said.split("style-src")[0]
    )
    assert not re.search(r"https?:", said) and set(re.findall(r"wss?://\S+", said.replace(";", ""))) == {
        "ws://localhost:8765",
        "wss://localhost:8765",
    }


def message(kind: str = "comm_msg", content: object = None, **more: object) -> str:
    """A message as a page sends it."""
    return json.dumps(
        {"header": {"msg_type": kind, "msg_id": "1"}, "channel": "shell", "content": {} if content is None else content}
        | more
    )


def said(method: str, **data: object) -> str:
    """Something said to a widget."""
    return message(content={"comm_id": "a", "data": {"method": method} | data})


def test_what_a_page_sends_is_taken():
    assert messages.taken(message("kernel_info_request"))
    assert messages.taken(message("comm_open", {"comm_id": "a", "target_name": "solara.control", "data": {}}))
    assert (
        messages.taken(said("update", state={"v_model": 1}))
        and messages.taken(said("request_state"))
        and messages.taken(said("run", args={}))
    )
    assert messages.taken(said("custom", content={"event": "click", "data": {"x": 1}}))


@pytest.mark.parametrize(
    "text",
    [
        said("custom", content={"create_widget": ["os", "system"], "props": {}, "id": "a"}),
        said("custom", content={"event": "click", "update_ref": {"__func_ref": "close"}, "id": "a", "prop": "x"}),
        said("custom", content={"destroy_widget": "a"}),
        said("custom", content={"event": "__init__()"}),
        said("custom", content={"event": 1}),
        said("evict"),
        said("reload"),
        said("update", state=[]),
        said("custom"),
        message(content={"comm_id": 1, "data": {"method": "update", "state": {}}}),
        message("comm_open", {"comm_id": "a", "target_name": "jupyter.widget", "data": {"state": {}}}),
        message("execute_request", {"code": "1"}),
        message(content=[]),
        message(channel=None),
        "",
        "[]",
        "1",
        "{",
        "null",
        "[" * 100_000,
        '{"header": []}',
        b"binary",
        None,
    ],
)
def test_what_no_page_sends_is_not_taken(text):
    assert not messages.taken(text)


def test_a_socket_is_slowed_to_its_pace_and_one_burst_is_free():
    pace, now = messages.Pace(0.0), 0.0
    for _ in range(int(messages.AT_ONCE)):
        assert pace.pause(now) == 0.0
    for _ in range(100):
        now += pace.pause(now)
    assert now == pytest.approx(100 / messages.A_SECOND) and pace.pause(now + 60.0) == 0.0

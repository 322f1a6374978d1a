"""What the server serves of its own folder, and that nobody can change or delete anything there."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

pytest.importorskip("solara", reason='pip install "peerscale[dashboard]"')

from small_server import SmallServer, refuse_to_leave  # noqa: E402

from dashboards.cdn import fetch  # noqa: E402
from dashboards.server import vendored  # noqa: E402

APP = "@widgetti/solara-vuetify-app@10.1.1"
NOT_LISTED = [
    f"{APP}/dist",
    f"{APP}/dist/",
    f"{APP}",
    "@widgetti",
    "",
    "requirejs@2.3.6",
    "left-pad@1.3.0",
    "left-pad@1.3.0/index.js",
    f"{APP}/dist/../../../fetch.py",
    "..%2ffetch.py",
    "%2e%2e/%2e%2e/serve.py",
    "fetch.py",
    "files.csv",
    "README.md",
    f"{APP}/dist/main8.css/",
    f"{APP}//dist/main8.css",
    f"{APP}%2fdist%2fmain8.cs",
    "requirejs@2.3.6/require.js%00",
]


@pytest.fixture(scope="module")
def server():
    one = SmallServer()
    yield one
    assert "left the machine" not in one.end(), "the server tried to reach something else than this machine"


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder, with its hash."""
    return {
        str(p): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and "__pycache__" not in p.parts
    }


@pytest.mark.parametrize("name", NOT_LISTED)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
def test_no_request_changes_or_deletes_a_file_of_the_package(server, name, method):
    before = tree(vendored.FOLDER.parent)
    assert server.ask(vendored.BEGINS + name, method)[0] in (403, 404)
    status, headers, body = server.ask(vendored.BEGINS + name, method, Cookie=server.cookie())
    assert status == 404 and "html" not in headers["content-type"] and len(body) < 100
    assert tree(vendored.FOLDER.parent) == before


def test_every_listed_file_is_served_as_what_it_is(server):
    for one in vendored.listed().values():
        status, headers, body = server.ask(vendored.BEGINS + one.name, Cookie=server.cookie())
        assert status == 200 and hashlib.sha256(body).hexdigest() == one.sha256
        assert headers["content-type"] == one.content_type and headers["x-content-type-options"] == "nosniff"


def test_the_list_is_of_the_files_that_are_there(tmp_path, monkeypatch):
    kept = vendored.LIST.read_bytes()
    monkeypatch.setattr(fetch, "LIST", tmp_path / "files.csv")
    fetch.write_list()
    assert (tmp_path / "files.csv").read_bytes() == kept
    assert {one.content_type.split(";")[0] for one in vendored.listed().values()} == {
        "text/css",
        "text/javascript",
        "font/woff2",
        "text/plain",
    }


def test_a_file_that_was_changed_is_not_served(tmp_path, monkeypatch):
    one = next(iter(vendored.listed().values()))
    (tmp_path / one.name).parent.mkdir(parents=True)
    (tmp_path / one.name).write_bytes(b"alert(1)")
    monkeypatch.setattr(vendored, "FOLDER", tmp_path)
    vendored.content.cache_clear()
    assert vendored.answer(vendored.BEGINS + one.name).status_code == 404
    vendored.content.cache_clear()


@pytest.mark.parametrize(
    "path", ["/resourcez", "/jupyter/api/kernels/x", "/_solara/api/evict/x", "/solara", "/anything", "//evil.example/"]
)
def test_solaras_other_routes_are_not_reached(server, path):
    for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
        assert server.ask(path, method)[0] == 404 == server.ask(path, method, Cookie=server.cookie())[0]


ROUTES = [
    "/",
    "/?v=1",
    "/nothing",
    "/readyz",
    "/inside",
    "/enter",
    "/resourcez",
    "/resourcez?verbose",
    "/static/main-vuetify.js",
    "/static/public/x",
    "/static/assets/custom.css",
    "/static/assets/favicon.png",
    "/jupyter/nbextensions/jupyter-vuetify/extension.js",
    "/jupyter/nbextensions/x.js",
    "/jupyter/api/kernels/x",
    "/_solara/api/close/x?session_id=y",
    "/_solara/api/evict/x",
    "/_solara/auth/login",
    "/_solara/cdn/vega@5",
    "/_solara/cdn/left-pad@1.3.0/index.js",
]


def test_no_route_reaches_beyond_this_machine(server):
    for path in ROUTES:
        for method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS"):
            for headers in ({}, {"Cookie": server.cookie()}):
                assert server.ask(path, method, **headers)[0] < 500
    assert server.process.poll() is None  # the fixture looks at what its hook printed


@pytest.mark.parametrize(
    ("event", "given"),
    [
        ("socket.connect", (None, ("192.0.2.1", 443))),
        ("socket.getaddrinfo", ("cdn.example", 443)),
        ("socket.sendto", (None, ("192.0.2.1", 53))),
    ],
)
def test_the_hook_that_refuses_can_refuse(event, given, capsys):
    with pytest.raises(OSError, match="no way"):
        refuse_to_leave(event, given)
    assert "left the machine" in capsys.readouterr().out
    refuse_to_leave("socket.connect", (None, ("127.0.0.1", 1)))

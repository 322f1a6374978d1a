"""The front end's files, read-only, from the committed list `dashboards/cdn/files.csv` and from nothing else."""

from __future__ import annotations

import csv
import gzip
import hashlib
import logging
from functools import cache
from pathlib import Path
from typing import NamedTuple

from starlette.responses import Response

FOLDER = Path(__file__).parent.parent / "cdn"
LIST = FOLDER / "files.csv"
BEGINS = "/_solara/cdn/"
"""Where Solara's page asks for them. Its own helper for these addresses deletes and fetches files: it is never called."""
PACKED = ("text/", "application/")
A_YEAR = "public, max-age=31536000, immutable"


class Listed(NamedTuple):
    """A file that may be served: its address below `BEGINS`, its SHA-256, its content type."""

    name: str
    sha256: str
    content_type: str


@cache
def listed() -> dict[str, Listed]:
    """Every file that may be served, by name."""
    with LIST.open(encoding="utf-8", newline="") as file:
        return {row["name"]: Listed(**row) for row in csv.DictReader(file)}


@cache
def content(one: Listed) -> tuple[bytes, bytes]:
    """(the file, the same packed by gzip). Raises ValueError where the file is not the one that was listed."""
    data = (FOLDER / one.name).read_bytes()
    if hashlib.sha256(data).hexdigest() != one.sha256:
        raise ValueError(f"{one.name} is not the file that was listed")
    return data, gzip.compress(data) if one.content_type.startswith(PACKED) else b""


def answer(path: str, accepts: str = "") -> Response:
    """The file at an address; 404 for what is not listed, letter for letter, or was changed since."""
    one = listed().get(path.removeprefix(BEGINS))
    try:
        data, packed = content(one) if one else (b"", b"")
    except (OSError, ValueError) as error:
        logging.getLogger(__name__).error("not served: %s", error)
        one = None
    if one is None:
        return Response("There is nothing here.", 404, media_type="text/plain")
    headers = {"Cache-Control": A_YEAR, "Vary": "Accept-Encoding", "Content-Type": one.content_type}
    if packed and "gzip" in accepts:
        return Response(packed, headers=headers | {"Content-Encoding": "gzip"})
    return Response(data, headers=headers)

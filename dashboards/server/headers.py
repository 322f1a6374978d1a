"""What every answer says about itself: no foreign sources, no framing, no guessing of types; scripts only by this answer's word."""

from __future__ import annotations

import gzip
import re
import secrets

from dashboards.server import pages

SCRIPT = re.compile(rb"<script(?=[\s>])")
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
PLAIN = f"{NOTHING}; style-src 'sha256-{pages.STYLE_HASH}'"
"""For answers of the server's own, and for files: nothing is loaded and nothing runs."""

ALWAYS = {
    "Content-Security-Policy": PLAIN,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with "no-referrer" a browser hides from us too where a form was sent from
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Where an answer says nothing else."""


def policy(host: str, nonce: str) -> str:
    """The content security policy of Solara's page.

    Only scripts of this origin and those that the page itself was sent with run. 'unsafe-eval': Vue 2 makes functions
    of the templates that Solara sends (a test shows that no page comes without it). Styles are set by Vuetify as it goes.
    """
    return (
        f"{NOTHING}; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws://{host} wss://{host}"
    )


def with_nonce(document: bytes) -> tuple[bytes, str]:
    """(the document with its own scripts let through, the word that lets them)."""
    nonce = secrets.token_urlsafe(16)
    return SCRIPT.sub(b'<script nonce="' + nonce.encode() + b'"', document), nonce


def packed(document: bytes, accepts: str) -> tuple[bytes, dict[str, str]]:
    """(what is sent, its headers): packed where the browser takes that."""
    if "gzip" not in accepts:
        return document, {}
    return gzip.compress(document, 5), {"Content-Encoding": "gzip"}

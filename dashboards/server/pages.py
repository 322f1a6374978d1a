"""Plain pages that the server answers itself, without a script: the code, a full room, what cannot be used."""

from __future__ import annotations

import base64
import hashlib
import html

STYLE = """body{font:18px/1.5 system-ui,sans-serif;margin:0;background:#f5f7f8;color:#1c2327}
main{max-width:26em;margin:12vh auto;padding:24px;background:#fff;border:1px solid #d5dbdf;border-radius:6px}
h1{font-size:22px;margin:0 0 12px}label{display:block;margin:16px 0}
input{font:inherit;display:block;width:100%;box-sizing:border-box;padding:10px;margin-top:6px;border:1px solid #6b7680;border-radius:4px}
button{font:inherit;padding:10px 20px;min-height:44px;border:0;border-radius:4px;background:#0b5c8f;color:#fff}
:focus-visible{outline:3px solid #e69f00;outline-offset:2px}[role=alert]{font-weight:600;color:#8c1d18}"""
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


def page(title: str, body: str) -> str:
    """A whole document. `body` is markup, made here."""
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head>"
        f'<body><main class="gate"><h1>{html.escape(title)}</h1>{body}</main></body></html>'
    )


def say(title: str, words: str) -> str:
    """A page with one thing to say."""
    return page(title, f"<p>{html.escape(words)}</p>")


def ask_code(then: str, wrong: str = "") -> str:
    """The form for the access code; `then` is where a right one leads."""
    alert = f'<p role="alert">{html.escape(wrong)}</p>' if wrong else ""
    return page(
        "peerscale",
        (
            "<p>This page is shared on a network. The facilitator has the access code.</p>"
            '<form method="post" action="/enter"><label>Access code <input name="code" type="text" autocomplete="off" '
            'autocapitalize="characters" spellcheck="false" maxlength="100" required autofocus></label>'
            f'<input name="next" type="hidden" value="{html.escape(then)}">{alert}<button>Open</button></form>'
        ),
    )


def ask_key() -> str:
    """What somebody on this machine reads who came without the secret."""
    return say(
        "peerscale",
        "This page opens from the address that the terminal showed when it was started. "
        "After a restart it shows a new one; the part of your address after the question mark still works behind it.",
    )


def nowhere() -> str:
    """What somebody reads whose address leads to nothing here."""
    return page(
        "peerscale: there is no page here",
        '<p>The address is wrong, or it was cut short. <a href="/">Go to the first page</a>. '
        "A link from another person holds everything behind its question mark: copy it whole.</p>",
    )

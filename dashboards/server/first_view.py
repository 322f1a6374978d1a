"""What people read before the page's own program has come: words and a moving bar, put into Solara's document."""

from __future__ import annotations

import re

WORDS = (
    b'<div class="first-words"><p><strong>peerscale</strong> is opening. This takes some seconds.</p>'
    b'<div class="meter wide unknown"><span></span></div></div>'
)
PLACE = re.compile(rb'<div id="app"[^>]*>')
"""Where the program will draw; it takes the words away."""
LOADER = re.compile(rb'<v-card style="width: 600px">.*?</v-card>', re.DOTALL)
"""What Solara shows while the program connects."""


def with_words(document: bytes) -> bytes:
    """Solara's document that says from the first moment what it is, and goes on saying so until the page is there."""
    shown = PLACE.sub(lambda place: place[0] + b'<div id="loader-container">' + WORDS + b"</div>", document, count=1)
    return LOADER.sub(lambda _: WORDS, shown, count=1)

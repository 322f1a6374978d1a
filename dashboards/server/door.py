"""Who is inside: a secret for whoever started the server, a code for the tablets, and a cookie once they are in."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
from dataclasses import dataclass

from sim.errors import UserError

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody takes for each other on a projector."""
LEAST_CODE = 8
"""Letters of an access code at least. Eight of these 31 are 850 thousand million codes: at a thousand tries a second,
far more than the server answers, the right one takes 13 years on average. So wrong tries need not lock anybody out."""
LEAST_KEY = 32
KEY = "PEERSCALE_DASHBOARD_KEY"
"""A secret to use instead of a new one, from the environment: cookies of an earlier start with it are good still."""
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
FACILITATOR, TABLE = "facilitator", "table"
RIGHTS = "x-peerscale-rights"
"""The header by which a page learns its visitor's rights: set by the shield, never by a browser."""
MARK = re.compile(r"(facilitator|table)\.([A-Za-z0-9_-]{22})\.([0-9a-f]{64})")


@dataclass(frozen=True)
class Visitor:
    """A browser that is inside: a name of its own that says nothing, and its rights."""

    name: str
    rights: str


def new_code() -> str:
    """An access code to read out."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(LEAST_CODE))
    return f"{letters[:4]}-{letters[4:]}"


def plain(code: str) -> str:
    """A code as it is compared: small and large letters, blanks and dashes make no difference."""
    return re.sub(r"[\s-]", "", code).casefold()


def checked_code(code: str) -> str:
    """The code that people chose. Raises UserError: too short."""
    if len(plain(code)) < LEAST_CODE:
        raise UserError(
            "the access code is too short",
            key="--code",
            rule=f"at least {LEAST_CODE} letters or digits, blanks not counted",
            got=f"{len(plain(code))}",
            try_=f"--code {new_code()}, or leave --code out",
        )
    return code


class Door:
    """The secret of this start, its code ("" where no tablet may come in), and the marks that its cookies hold.

    `key`: the secret of an earlier start (at least `LEAST_KEY` letters), so that who was in stays in; else a new one.
    """

    def __init__(self, code: str = "", key: str = ""):
        if key and len(key) < LEAST_KEY:
            raise UserError(
                "the key is too short",
                key=KEY,
                rule=f"at least {LEAST_KEY} letters",
                got=f"{len(key)}",
                try_="leave it unset",
            )
        self.key, self._code = key or secrets.token_urlsafe(LEAST_KEY), plain(code)
        self._once: set[str] = set()
        self._lock = threading.Lock()

    @property
    def takes_codes(self) -> bool:
        """Whether there is a code at all."""
        return bool(self._code)

    def key_for_once(self) -> str:
        """A key that opens once: other people on this machine can read with what a browser was started."""
        with self._lock:
            self._once.add(once := secrets.token_urlsafe(LEAST_KEY))
        return once

    def is_key(self, given: str) -> bool:
        """Whether it opens; a key for once does not again."""
        with self._lock:
            if given in self._once:
                self._once.discard(given)
                return True
        return hmac.compare_digest(given.encode(), self.key.encode())

    def is_code(self, given: str) -> bool:
        """Whether it is the code."""
        return self.takes_codes and hmac.compare_digest(plain(given).encode(), self._code.encode())

    def mark(self, rights: str) -> str:
        """What the cookie of a new visitor holds."""
        name = secrets.token_urlsafe(16)
        return f"{rights}.{name}.{self._sign(rights, name)}"

    def visitor(self, mark: str) -> Visitor | None:
        """Who a cookie belongs to; None where this start did not give it."""
        match = MARK.fullmatch(mark)
        if match is None or not hmac.compare_digest(match[3], self._sign(match[1], match[2])):
            return None
        return Visitor(match[2], match[1])

    def _sign(self, rights: str, name: str) -> str:
        return hmac.new(self.key.encode(), f"{rights}.{name}".encode(), hashlib.sha256).hexdigest()

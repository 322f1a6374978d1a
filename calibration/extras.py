"""The line that installs what an optional part needs: it works from a checkout and from a wheel alike.

It names the libraries, not "peerscale[…]": no registry need know this program.
"""

from __future__ import annotations

import re
import shlex
import sys
import tomllib
from importlib import metadata
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent / "pyproject.toml"
_EXTRA = re.compile(r"""\bextra\s*==\s*["']([\w-]+)["']""")


def libraries(extra: str) -> list[str]:
    """What an extra needs, as declared: by the checkout's own list, else by the installed wheel's."""
    if CHECKOUT.is_file():
        return list(tomllib.loads(CHECKOUT.read_text("utf-8"))["project"]["optional-dependencies"][extra])
    try:
        declared = metadata.requires("peerscale") or []
    except metadata.PackageNotFoundError:
        return []
    return [
        line.split(";")[0].strip() for line in declared if (found := _EXTRA.search(line)) and found.group(1) == extra
    ]


def install_line(extra: str) -> str:
    """A line to paste, with this very Python."""
    needs = libraries(extra)
    return (
        " ".join([_python(), "-m", "pip", "install", *(f'"{need}"' for need in needs)])
        if needs
        else f'pip install "peerscale[{extra}]"'
    )


def _python() -> str:
    """This Python as one would type it from here."""
    path = Path(sys.executable)
    try:
        return shlex.quote(str(path.relative_to(Path.cwd())))
    except ValueError:
        return shlex.quote(str(path))

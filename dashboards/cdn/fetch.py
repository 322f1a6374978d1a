"""Make this folder again from the npm packages that Solara 1.64.1 asks for (needs npm), and the list of what may be served."""

from __future__ import annotations

import csv
import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
LIST = HERE / "files.csv"
PACKAGES: dict[str, tuple[str, ...]] = {
    "@widgetti/solara-vuetify-app@10.1.1": (
        "dist/main8.css",
        "dist/fonts.css",
        "dist/solara-vuetify-app8.min.js",
        "dist/solara-vuetify-app8.min.js.LICENSE.txt",
        "dist/*.woff2",
    ),
    "@widgetti/vue-grid-layout@2.3.13-alpha.2": ("dist/vue-grid-layout.umd.js", "LICENSE"),
    "requirejs@2.3.6": ("require.js",),
}

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
"""What is served, by ending; a file of another ending is kept but not served."""


def fetch(package: str, patterns: tuple[str, ...]) -> None:
    """Unpack the files wanted of one npm package into its folder here."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["npm", "pack", package], cwd=folder, check=True, capture_output=True, text=True)
        with tarfile.open(Path(folder) / done.stdout.split()[-1]) as archive:
            for member in archive.getmembers():
                inside = Path(member.name).relative_to("package")
                content = archive.extractfile(member)
                if content and any(inside.match(pattern) for pattern in patterns):
                    (HERE / package / inside).parent.mkdir(parents=True, exist_ok=True)
                    (HERE / package / inside).write_bytes(content.read())


def write_list() -> None:
    """Write files.csv: name, SHA-256 and content type of every file that the server may serve."""
    files = sorted(path for path in HERE.rglob("*") if path.suffix in TYPES and path.parent != HERE)
    with LIST.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("name", "sha256", "content_type"))
        for path in files:
            rows.writerow(
                (path.relative_to(HERE).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest(), TYPES[path.suffix])
            )


if __name__ == "__main__":
    for name, wanted in PACKAGES.items():
        fetch(name, wanted)
    write_list()

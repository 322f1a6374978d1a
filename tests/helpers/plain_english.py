"""Sentences that people read, out of Markdown and out of the strings of Python files, and how many words each has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

FENCE = re.compile(r"^\s*```.*?^\s*```", re.M | re.S)
COMMENT = re.compile(r"<!--.*?-->", re.S)
IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
CODE = re.compile(r"`[^`]+`")
RULE = re.compile(r"[\s|:-]+")
ITEM = re.compile(r"\s*([-*]|\d+\.)\s+")
END = re.compile(r"(?<=[.?!])[\"”)*†]*\s+(?=[\"“(*†£]*(?:[A-Z0-9…]|[a-z]+_))")
SHORT = re.compile(r"\b(e\.g|i\.e|vs|Dr|et al|cf|St|No|approx)\.")
FEWEST = 4
"""Words of a text that counts as a sentence: less is a label, a name or a figure."""


def words(sentence: str) -> int:
    """Words of a sentence: signs that stand alone are none, a command or a name in code is one."""
    return sum(any(c.isalnum() for c in word) for word in sentence.split())


def whole(found: Iterable[str]) -> list[str]:
    """Those that end as a sentence does: not a heading, a label or a cell with a few words."""
    return [one for one in found if one.rstrip('*)"”†').endswith((".", "?", "!"))]


def sentences(text: str) -> list[str]:
    """The sentences of a plain text that are long enough to be one."""
    text = SHORT.sub(r"\1", " ".join(text.split()))
    return [one for one in END.split(text) if words(one) >= FEWEST]


def of_markdown(text: str) -> Iterator[str]:
    """The sentences of a page: each paragraph, item of a list, heading and cell of a table by itself; code left out."""
    for pattern, put in ((FENCE, "\n\n"), (COMMENT, ""), (IMAGE, r"\n\n\1\n\n"), (LINK, r"\1"), (CODE, "X")):
        text = pattern.sub(put, text)
    for block in _blocks(text.splitlines()):
        yield from sentences(block)


def _blocks(lines: list[str]) -> Iterator[str]:
    """Paragraphs, headings, items and cells, each as one text. A line of a paragraph may begin with a number and a stop."""
    block: list[str] = []
    in_list = False
    for line in [*lines, ""]:
        item = ITEM.match(line)
        if item and block and not in_list and item[1] not in ("-", "*", "1."):
            item = None
        if item or not line.strip() or line.lstrip().startswith(("|", "#")):
            yield " ".join(block)
            block, in_list = [], bool(item)
        if line.lstrip().startswith("|"):
            yield from () if RULE.fullmatch(line) else line.split("|")
        elif line.startswith("#"):
            yield line.lstrip("# ")
        else:
            block.append(line[item.end() :] if item else line)


def of_vue(path: Path) -> Iterator[str]:
    """The sentences of a page's template: the text between its tags, X for what is put in."""
    template = path.read_text(encoding="utf-8").partition("<script>")[0]
    for text in re.findall(r">([^<>]+)<", re.sub(r"\{\{.*?\}\}", "X", template)):
        yield from sentences(text)


def of_python(path: Path) -> Iterator[tuple[int, str]]:
    """(line, sentence) of every text in a file that could be read by a person: docstrings and code in strings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for line, text in _texts(tree):
        if _prose(text):
            for part in CODE.sub("X", text).split("\n"):  # a line of a message ends a sentence
                yield from ((line, one) for one in sentences(part))


def _texts(node: ast.AST) -> Iterator[tuple[int, str]]:
    for _, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                continue  # a docstring
            text = _text(child)
            if text is not None:
                yield child.lineno, text
            elif isinstance(child, ast.AST):
                yield from _texts(child)


def _text(node: object) -> str | None:
    """The text of a constant, of an f-string (X for what is put in) or of texts added up; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "X" for part in node.values)
    return None


def _prose(text: str) -> bool:
    """Whether a text is English: mostly letters, with none of the signs of markup or code."""
    plain = re.sub(r"<[^<>]*>", " ", text)
    return not re.search(r"[{};]\s*$|\w\(\)|[a-z-]+:\s*#|==|=>|</|\\", plain) and words(plain) >= FEWEST

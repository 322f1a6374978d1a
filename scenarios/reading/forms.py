"""Typed forms of goals and plans: all that is wrong with one, each fault at its line and in our one voice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from scenarios.reading.checks import Source, key_text
from scenarios.reading.lines import Path
from sim.errors import MOST_TOLD, UserError, nearest, raise_all

Form = TypeVar("Form", bound=BaseModel)


def checked(model: type[Form], tables: dict[str, Any], source_of: Callable[[Path], Source], like: str) -> Form:
    """The form of some tables. `source_of`: the text in which a key stands. `like`: an example to compare with.

    Raises UserError: all that is wrong, together; a misspelt key is not also said to be missing.
    """
    try:
        return model.model_validate(tables)
    except ValidationError as error:
        items: list[dict[str, Any]] = [dict(item) for item in error.errors(include_url=False)]
    items.sort(key=lambda item: item["type"] != "extra_forbidden")
    unknown = {(tuple(item["loc"][:-1]), str(item["loc"][-1])) for item in items if item["type"] == "extra_forbidden"}
    told = [item for item in items if not (item["type"] == "missing" and _misspelt(tuple(item["loc"]), unknown))]
    raise_all([_trouble(model, source_of, like, item) for item in told[:MOST_TOLD]], more=len(told[MOST_TOLD:]))
    raise AssertionError("a form without a fault is a form")


def _misspelt(path: Path, unknown: set[tuple[Path, str]]) -> bool:
    return bool(nearest(str(path[-1]), [name for table, name in unknown if table == path[:-1]]))


def _trouble(model: type[BaseModel], source_of: Callable[[Path], Source], like: str, item: dict[str, Any]) -> UserError:
    path: Path = tuple(item["loc"])
    source, try_ = source_of(path), f"compare with {like}"
    if item["type"] == "extra_forbidden":
        known = known_keys(model, path[:-1])
        return source.error(
            path,
            f"unknown key {str(path[-1])!r}",
            "one of " + ", ".join(known),
            str(path[-1]),
            nearest(str(path[-1]), known) or try_,
        )
    if item["type"] == "missing":
        return source.error(path, f"{key_text(path)} is missing", "every key that has no usual value", "nothing", try_)
    message = item["msg"][:1].lower() + item["msg"][1:]
    return source.error(path, f"{key_text(path)}: {message}", message, item["input"], try_)


def known_keys(model: Any, path: Path) -> list[str]:
    """Names that may stand in a table of a form."""
    for part in path:
        field = next((f for n, f in model.model_fields.items() if part in (n, f.alias)), None)
        kinds = [field.annotation, *getattr(field.annotation, "__args__", ())] if field else []
        model = next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), model)
    return [info.alias or name for name, info in model.model_fields.items()]

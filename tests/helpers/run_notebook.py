"""Runs the code of a notebook as a kernel would: cell by cell in a `__main__` without a file; what a cell ends with is shown.

`python -c "$(cat run_notebook.py)" NOTEBOOK`, so that worker processes find no script to begin again, as in a notebook.
"""

import ast
import json
import sys

SHOWN = ("_repr_html_", "_repr_png_", "__repr__")


def parts(source):
    """(code of the statements, code of a last expression or None)."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    return compile(tree, "cell", "exec"), last and compile(ast.Expression(last.value), "cell", "eval")


def show(value):
    """How a notebook would show it: its first way that gives something."""
    for name in SHOWN:
        shown = getattr(value, name, lambda: None)()
        if shown is not None:
            return name, len(shown)
    raise AssertionError("nothing is shown")


def run(notebook):
    """Every code cell, in order."""
    for number, cell in enumerate(notebook["cells"], 1):
        if cell["cell_type"] == "code":
            statements, last = parts("".join(cell["source"]))
            exec(statements, globals())  # noqa: S102 - our own examples
            value = eval(last, globals()) if last else None  # noqa: S307
            print(number, *(show(value) if value is not None else ("nothing", 0)), flush=True)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        run(json.load(file))

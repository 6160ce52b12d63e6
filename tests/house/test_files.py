"""Every file can be read at a glance: small, short functions, and a first line that says what lives in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import name, sources

LINES_IN_A_FILE = 300
LINES_IN_A_FUNCTION = 50

OPENINGS = {
    ".py": r'(?:"""|# )(.+)',
    ".js": r"(?://|/\*\*?)\s*(.+)",
    ".css": r"/\*\s*(.+)",
    ".html": r"(?:\{#-?|<!--)\s*(.+)",
    ".md": r"# (.+)",
}
COMMENT = r"#+ (.+)"
# What begins with a bracket is the wrapper of a whole file, not a function that one reads.
SCRIPT = r"\s*(?:export )?(?:async )?(?:function\b|[^(\s].*=>\s*\{$|(?:async )?[\w#]+\(.*\)\s*\{$)"


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function's name and length in lines."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1
    elif path.suffix == ".js":
        yield from _functions_in_script(text.splitlines())


def _functions_in_script(lines: list[str]) -> Iterator[tuple[str, int]]:
    # Formatted code closes a function on a line with the indentation of the line that opened it.
    for number, line in enumerate(lines):
        if (
            line.endswith("{")
            and re.match(SCRIPT, line)
            and not re.match(r"\s*(if|for|while|switch|try)\b", line)
        ):
            indent = line[: len(line) - len(line.lstrip())]
            ends = (at for at in range(number + 1, len(lines)) if lines[at].startswith(indent + "}"))
            yield line.strip(), next(ends, len(lines)) - number + 1


def opening(path: Path) -> str:
    """What the first line says, or nothing; a script says it below its `#!` line."""
    lines = path.read_text("utf-8").splitlines() or [""]
    first = lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0]
    found = re.match(OPENINGS.get(path.suffix, COMMENT), first)
    return found[1] if found else ""


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {
        name(path): lines
        for path in sources()
        if (lines := len(path.read_text("utf-8").splitlines())) > LINES_IN_A_FILE
    }
    assert long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{name(path)}: {function}": lines
        for path in sources()
        for function, lines in functions(path)
        if lines > LINES_IN_A_FUNCTION
    }
    assert long == {}


def test_the_first_line_says_what_lives_here() -> None:
    silent = [
        name(path)
        for path in sources()
        if len(re.findall(r"\w+", opening(path))) < (1 if path.suffix == ".md" else 3)
    ]
    assert silent == []


def test_a_long_script_function_is_seen() -> None:
    lines = ["export async function post(form) {", *["  work();"] * 60, "}"]
    assert list(_functions_in_script(lines)) == [("export async function post(form) {", 62)]

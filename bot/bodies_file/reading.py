"""From a file to plain values, each of which knows where it stands: YAML by lines, JSON by features, CSV by rows."""

from __future__ import annotations

import csv
import json
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.bodies_file.wrong import FileWrong

MEGABYTE = 1024 * 1024
MOST = {".yaml": 4, ".yml": 4, ".json": 64, ".geojson": 64, ".csv": 64}
"""Megabytes that are read, by how a file's name ends."""


@dataclass(frozen=True, slots=True)
class Said:
    """A value and where it stands. A mapping holds these by their names, a list in their order."""

    value: Any
    where: str

    def wrong(self, sentence: str) -> FileWrong:
        """The error that names this place."""
        return FileWrong(f"{self.where}: {sentence}")


def text_of(path: Path) -> str:
    """What a file holds, as UTF-8."""
    ending = path.suffix.lower()
    if ending not in MOST:
        raise FileWrong(f"{path.name}: I read files that end in {', '.join(MOST)}.")
    try:
        size = path.stat().st_size
        if size > MOST[ending] * MEGABYTE:
            megabytes = -(-size // MEGABYTE)
            raise FileWrong(
                f"{path.name} is {megabytes} MB large, and I read {MOST[ending]} MB at most. Please split it."
            )
        content = path.read_bytes()
    except OSError as error:
        raise FileWrong(f"{path.name} cannot be read: {error.strerror}.") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FileWrong(
            f"{path.name}, line {line}: the file is not in UTF-8. Please save it anew in that encoding."
        ) from None


# --- YAML ---------------------------------------------------------------------------------------


def yaml_of(path: Path) -> Said:
    """A YAML file. Anchors are not followed: a small file could make a large one of itself with them."""
    import yaml

    class Loader(yaml.SafeLoader):
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                line = self.peek_event().start_mark.line + 1  # type: ignore[no-untyped-call]
                raise FileWrong(f"{path.name}, line {line}: please write it out; I do not follow *names.")
            return super().compose_node(parent, index)

    loader = None
    try:
        loader = Loader(text_of(path))
        node = loader.get_single_node()
        return _said(node, loader, path.name) if node else Said(None, path.name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise FileWrong(
            f"{path.name}{line}: this is not YAML: {error.problem or error.context}. "
            "Is there a text that should be in quotes?"
        ) from None
    except yaml.YAMLError:
        raise FileWrong(f"{path.name}: this is not YAML.") from None
    except ValueError as error:
        raise FileWrong(f"{path.name}: this is not YAML: {error}.") from None
    except RecursionError:
        raise FileWrong(f"{path.name}: lists lie too deep within each other.") from None
    finally:
        if loader is not None:
            loader.dispose()


def _said(node: Any, loader: Any, name: str) -> Said:
    import yaml

    where = f"{name}, line {node.start_mark.line + 1}"
    if isinstance(node, yaml.MappingNode):
        fields: dict[Any, Said] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node, deep=True)
            place = f"{name}, line {key_node.start_mark.line + 1}"
            if not isinstance(key, Hashable) or key in fields:
                raise FileWrong(f"{place}: {key} stands there twice.")
            fields[key] = Said(_said(value_node, loader, name).value, place)
        return Said(fields, where)
    if isinstance(node, yaml.SequenceNode):
        return Said([_said(one, loader, name) for one in node.value], where)
    return Said(loader.construct_object(node, deep=True), where)


# --- GeoJSON ------------------------------------------------------------------------------------


def features_of(path: Path) -> Iterator[Said]:
    """The features of a GeoJSON file, each a plain mapping."""
    try:
        read = json.loads(text_of(path), parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise FileWrong(f"{path.name}, line {error.lineno}: this is not JSON: {error.msg}.") from None
    except (ValueError, RecursionError):
        raise FileWrong(f"{path.name}: this is not JSON.") from None
    if isinstance(read, dict) and read.get("type") == "Feature":
        read = {"type": "FeatureCollection", "features": [read]}
    if not isinstance(read, dict) or not isinstance(read.get("features"), list):
        raise FileWrong(f"{path.name}: this is not GeoJSON: it should be a FeatureCollection.")
    _in_degrees(path, read.get("crs"))
    for number, feature in enumerate(read["features"], 1):
        said = Said(feature, f"{path.name}, feature {number}")
        if not isinstance(feature, dict):
            raise said.wrong("this is no feature.")
        yield said


def _no_number(name: str) -> float:
    raise ValueError(name)


def _in_degrees(path: Path, crs: Any) -> None:
    if crs is not None and not any(known in json.dumps(crs) for known in ("CRS84", "4326")):
        raise FileWrong(
            f"{path.name}: the coordinates are not in degrees (WGS 84). Please export it anew so."
        )


# --- CSV ----------------------------------------------------------------------------------------


def rows_of(path: Path, needed: tuple[str, ...], more: tuple[str, ...] = ()) -> Iterator[Said]:
    """The rows of a CSV file as mappings of text by the names in its first line."""
    text = text_of(path)
    head = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(keepends=True), delimiter=";" if ";" in head else ",", strict=True)
    columns: list[str] = []
    try:
        for row in reader:
            where = f"{path.name}, line {reader.line_num}"
            if not columns:
                columns = [one.strip().lower() for one in row]
                _columns(columns, needed, more, where)
            elif any(cell.strip() for cell in row):
                if len(row) != len(columns):
                    raise FileWrong(
                        f"{where}: there are {len(row)} cells, and {len(columns)} in the first line."
                    )
                yield Said({name: cell.strip() for name, cell in zip(columns, row, strict=True)}, where)
    except csv.Error as error:
        raise FileWrong(f"{path.name}, line {reader.line_num}: this is not CSV: {error}.") from None
    if not columns:
        raise FileWrong(f"{path.name} is empty.")


def _columns(columns: list[str], needed: tuple[str, ...], more: tuple[str, ...], where: str) -> None:
    missing = [name for name in needed if name not in columns]
    unknown = [name for name in columns if name not in (*needed, *more)]
    if missing:
        raise FileWrong(f"{where}: a column is missing: {', '.join(missing)}.")
    if unknown or len(set(columns)) < len(columns):
        raise FileWrong(f"{where}: I know the columns {', '.join((*needed, *more))}, each once.")

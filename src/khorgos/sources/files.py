"""From a file on disk to rows: name it by its bytes, recognise its format, parse it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from khorgos.core.errors import BadFile
from khorgos.sources.connector import Parsed, Snapshot
from khorgos.sources.registry import recognise

_CHUNK = 1 << 20


def snapshot(
    path: Path,
    *,
    retrieved: dt.date | None = None,
    url: str | None = None,
    companions: Mapping[str, Path] | None = None,
) -> Snapshot:
    """Name a file by its bytes.

    Args:
        path: the file.
        retrieved: day its bytes were got; the day the file was last changed where left out.
        url: where they came from.
        companions: other files of the same import, by name.

    Returns:
        The snapshot.

    Raises:
        BadFile: if there is no such file, it is a folder, or it cannot be read.
    """
    if not path.is_file():
        raise BadFile("There is no such file", path=str(path), hint="Name files, or folders with files in them")
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        about = path.stat()
    except OSError as error:
        raise BadFile(f"The file cannot be read: {error.strerror}", path=path.name) from error
    day = retrieved or dt.datetime.fromtimestamp(about.st_mtime, dt.UTC).date()
    return Snapshot(path, path.name, digest.hexdigest(), about.st_size, day, url, companions or {})


def parse(
    path: Path,
    *,
    retrieved: dt.date | None = None,
    url: str | None = None,
    companions: Mapping[str, Path] | None = None,
) -> Parsed:
    """Recognise and parse one file; arguments as in `snapshot`.

    Returns:
        Its rows and releases.

    Raises:
        BadFile: if the file is unknown or not what it seems; names file, row and column.
    """
    shot = snapshot(path, retrieved=retrieved, url=url, companions=companions)
    return recognise(path).parse(shot)


def gather(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Files that were named, and all files in folders that were named, in order, each once; hidden files left out.

    Raises:
        BadFile: if a name is neither a file nor a folder, or a folder is empty.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
            if not inside:
                raise BadFile("The folder holds no files", path=str(path))
            found |= dict.fromkeys(inside)
        elif path.is_file():
            found[path] = None
        else:
            raise BadFile("There is no such file or folder", path=str(path))
    return tuple(found)

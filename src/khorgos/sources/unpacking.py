"""Bytes of a file as they are, or unpacked from gzip or zip, with a guard against bombs and climbing paths."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Literal, Protocol

from khorgos.core.errors import BadFile

Kind = Literal["plain", "gzip", "zip", "xlsx", "xls", "parquet", "empty"]

#: Chosen because the largest single file read here, a year of BACI or of Comtrade's bulk, unpacks to 4 GB at the most.
MAX_BYTES = 16 * 2**30

#: Chosen because statistics in csv pack 5 to 40 fold (Comtrade's bulk: 30), while DEFLATE allows bombs of 1032 fold.
MAX_RATIO = 200

#: Chosen because a table of one repeated row packs beyond any ratio, and 64 MiB harm nobody.
FREE_BYTES = 64 * 2**20

_WORKBOOK_PARTS = ("[Content_Types].xml", "xl/workbook.xml")
#: What gzip and zipfile raise on damaged bytes (gzip.BadGzipFile is an OSError; struct.error on short headers).
_BROKEN = (EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, OSError, struct.error)
_NOISE = ("__MACOSX/", ".DS_Store")


def kind(path: Path) -> Kind:
    """What a file is by its first bytes, whatever its name says.

    Args:
        path: the file.

    Returns:
        "plain" for text and unknown bytes.

    Raises:
        BadFile: if it is no file, cannot be opened, or is a damaged archive.
    """
    try:
        with path.open("rb") as stream:
            magic = stream.read(8)
    except OSError as error:
        raise BadFile(f"Cannot open the file: {error.strerror}", path=path.name) from None
    if not magic:
        return "empty"
    for start, answer in ((b"\x1f\x8b", "gzip"), (b"PAR1", "parquet"), (b"\xd0\xcf\x11\xe0", "xls")):
        if magic.startswith(start):
            return answer  # type: ignore[return-value]  # the literals above
    if magic.startswith(b"PK\x03\x04") or magic.startswith(b"PK\x05\x06"):
        names = {info.filename for info in _entries(path)}
        return "xlsx" if any(part in names for part in _WORKBOOK_PARTS) else "zip"
    return "plain"


def members(path: Path) -> tuple[str, ...]:
    """Names of the files inside a zip archive, without folders' own entries and system files.

    Args:
        path: the archive.

    Returns:
        The names, in the archive's order; to be given to `open_bytes`.

    Raises:
        BadFile: if the archive is damaged, encrypted, or a name climbs out of its folder.
    """
    found = []
    for info in _entries(path):
        if info.is_dir() or info.filename.startswith(_NOISE[0]) or info.filename.endswith(_NOISE[1]):
            continue
        _refuse_climbing(info.filename, path)
        if info.flag_bits & 0x1:  # bit 0 of the general purpose flag: encrypted (PKWARE APPNOTE 4.4.4)
            raise BadFile(f"{info.filename!r} in the archive is encrypted", path=path.name)
        found.append(info.filename)
    return tuple(found)


@contextmanager
def open_bytes(path: Path, member: str | None = None) -> Iterator[IO[bytes]]:
    """A file's bytes as a stream, unpacked if it is gzip or zip.

    Args:
        path: the file.
        member: which file of a zip archive; may be left out if it holds only one.

    Returns:
        A context manager around a readable binary stream that raises BadFile where the packing is damaged,
        cut off, or unpacks to more than MAX_BYTES or MAX_RATIO times its size.

    Raises:
        BadFile: as above, or if the archive holds several files and none was named.
    """
    what = kind(path)
    try:
        if what == "gzip":
            with gzip.open(path) as packed:
                yield io.BufferedReader(_Guarded(packed, path.stat().st_size, path.name), 2**20)
        elif what == "zip":
            with _archive(path) as archive, archive.open(_only(path, member)) as inner:
                yield io.BufferedReader(_Guarded(inner, path.stat().st_size, path.name), 2**20)
        else:
            with path.open("rb") as plain:
                yield plain
    except _BROKEN as error:
        raise _damaged(path, error) from None


def check_archive(path: Path) -> dict[str, int]:
    """Read a zip archive (a workbook) through once, guarded, before another library opens it.

    Args:
        path: the archive.

    Returns:
        Unpacked bytes by member.

    Raises:
        BadFile: as `open_bytes`, for the whole archive.
    """
    sizes, total = {}, 0
    limit = path.stat().st_size
    try:
        with _archive(path) as archive:
            for name in members(path):
                with archive.open(name) as inner:
                    guarded = _Guarded(inner, limit, path.name, already=total)
                    while guarded.read(2**20):
                        pass
                    sizes[name] = guarded.count - total
                    total = guarded.count
    except _BROKEN as error:
        raise _damaged(path, error) from None
    return sizes


def inner_name(path: Path, filename: str) -> str:
    """The name of what a file holds: of a zip's only member, or without the ".gz"."""
    what = kind(path)
    if what == "gzip" and filename.lower().endswith(".gz"):
        return filename[:-3]
    if what == "zip":
        return PurePosixPath(_only(path, None)).name
    return filename


class _Readable(Protocol):
    def read(self, n: int = -1, /) -> bytes: ...


class _Guarded(io.RawIOBase):
    """A stream that counts what comes out of a packed file and stops a bomb."""

    def __init__(self, stream: _Readable, packed: int, name: str, already: int = 0) -> None:
        self._stream, self._name = stream, name
        self._limit = min(MAX_BYTES, max(FREE_BYTES, MAX_RATIO * packed))
        self.count = already

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed's private buffer type
        chunk = self._stream.read(len(buffer))
        self.count += len(chunk)
        if self.count > self._limit:
            raise BadFile(
                f"The file unpacks to more than {self._limit:,} bytes, which no statistics file does",
                path=self._name,
                hint="If you trust it, unpack it yourself and import what is inside",
            )
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _archive(path: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(path)


def _entries(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with _archive(path) as archive:
            return archive.infolist()
    except _BROKEN as error:
        raise _damaged(path, error) from None


def _only(path: Path, member: str | None) -> str:
    names = members(path)
    if member is not None:
        if member not in names:
            raise BadFile(f"The archive has no file {member!r}", path=path.name, hint=f"It has {_some(names)}")
        return member
    if len(names) != 1:
        hint = f"It has {_some(names)}: unpack it and import the files" if names else None
        raise BadFile(f"The archive holds {len(names)} files, not one", path=path.name, hint=hint)
    return names[0]


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")


def _refuse_climbing(name: str, path: Path) -> None:
    plain = name.replace("\\", "/")
    if plain.startswith("/") or ":" in plain.split("/")[0] or ".." in plain.split("/"):
        raise BadFile(f"The archive holds a path that climbs out of its folder: {name!r}", path=path.name)


def _damaged(path: Path, error: Exception) -> BadFile:
    cut = isinstance(error, EOFError) or "incomplete" in str(error) or "not a zip" in str(error)
    what = "The packed file is cut off" if cut else "The packed file is damaged"
    return BadFile(f"{what}: {error}", path=path.name, hint="Download it again")

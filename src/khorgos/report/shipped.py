"""Settings in TOML files: those that come with khorgos, by name, and a user's own, by path."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from khorgos.core.errors import BadInput, UnknownName

#: Text of a file named inside another one.
Beside = Callable[[str], str]


def shipped(folder: str) -> tuple[str, ...]:
    """Names of the files that come with khorgos.

    Args:
        folder: of `khorgos/data`.
    """
    inside = files("khorgos").joinpath(f"data/{folder}").iterdir()
    return tuple(sorted(one.name.removesuffix(".toml") for one in inside if one.name.endswith(".toml")))


def text_of(path: str | Path, folder: str, kind: str) -> tuple[str, str, Beside]:
    """The text of a user's file, or of one that comes with khorgos.

    Args:
        path: the file, or a name of `shipped`.
        folder: of `khorgos/data`.
        kind: what it tells, as in "scenario".

    Returns:
        The text, the file's name, and how to read a file beside it: with or without its ending; where the user's
        folder has none, one that comes with khorgos.

    Raises:
        UnknownName: neither a file nor such a name.
        BadInput: the file cannot be read.
    """
    name, known = str(path), shipped(folder)
    if name in known:
        return _own(folder, name), f"{name}.toml", lambda file: _own(folder, file)
    place = Path(name).expanduser()
    if not place.is_file():
        raise UnknownName(name, f"{kind} file or name", _nearest(name, known), hint=_known(place, kind, known))

    def beside(file: str) -> str:
        near = [place.parent / Path(file).name, place.parent / f"{Path(file).name}.toml"]
        found = next((one for one in near if one.is_file()), None)
        if found is None and file.removesuffix(".toml") in known:
            return _own(folder, file)
        return (found or near[0]).read_text(encoding="utf-8")

    try:
        return place.read_text(encoding="utf-8"), place.name, beside
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The {kind} file cannot be read: {error}", where=name) from error


def _own(folder: str, file: str) -> str:
    place = files("khorgos").joinpath(f"data/{folder}")
    whole = place.joinpath(file)
    return (whole if whole.is_file() else place.joinpath(f"{file}.toml")).read_text(encoding="utf-8")


def _nearest(name: str, known: tuple[str, ...]) -> list[str]:
    from rapidfuzz import process

    # chosen because "nothere.toml" is near nothing, and a slip of two letters is
    return [found for found, _, _ in process.extract(name.removesuffix(".toml"), known, limit=3, score_cutoff=80)]


def _known(place: Path, kind: str, known: tuple[str, ...]) -> str:
    what = f"That is a folder; name a {kind} file in it" if place.is_dir() else "There is no such file"
    return f"{what}. With khorgos come {', '.join(known)}"

"""Files into the ledger: recognise, parse, ingest, with a word about each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from khorgos.core.errors import BadFile
from khorgos.ledger.ingest import IngestReport, ingest
from khorgos.ledger.store import Ledger
from khorgos.sources.connector import Parsed, Snapshot
from khorgos.sources.files import gather, snapshot
from khorgos.sources.reading import peek
from khorgos.sources.registry import recognise

_GRAVITY = ("error", "warning", "note")
_SHOWN = 12  # remarks printed after an import; chosen because a longer list is not read


@dataclass(frozen=True, slots=True)
class Import:
    """What importing files did.

    Args:
        report: what the ledger took.
        formats: the connector's name by file, in order.
        unread: why each of the other files was not read.
    """

    report: IngestReport
    formats: dict[str, str]
    unread: dict[str, BadFile]

    @property
    def text(self) -> str:
        """What was done, line by line: formats, what was taken, dropped, corrected, odd, and left out."""
        named = Counter(self.formats.values())
        out = [f"{format_}: {number} {'file' if number == 1 else 'files'}" for format_, number in named.items()]
        out.append(self.report.text)
        out += [f"Left out on purpose: {number:,} ({reason})" for reason, number in self.report.dropped.items()]
        out += [f"Corrected {one.rows:,} rows: {one.change}. {one.reason}" for one in self.report.corrections]
        grave = sorted(self.report.findings, key=lambda finding: _GRAVITY.index(finding.severity))
        odd = [f"{finding.severity}: {finding.text}" for finding in grave]
        out += odd[:_SHOWN]
        if len(odd) > _SHOWN:
            out.append(f"and {len(odd) - _SHOWN} more remarks on the data")
        out += [f"Not read: {error}" for error in self.unread.values()]
        return "\n".join(out)


def import_files(
    ledger: Ledger,
    paths: Sequence[Path],
    *,
    keep: bool = True,
    strict: bool = True,
    progress: Callable[[int, int, str], object] | None = None,
) -> Import:
    """Import files and folders, all of them in one step.

    Args:
        ledger: any view of the user's ledger.
        paths: files, or folders whose files are meant.
        keep: keep a copy of the files' bytes in the ledger, for `explain`.
        strict: a file that cannot be read stops the import; otherwise it is named and left out.
        progress: called with (files done, files in all, name of the next).

    Returns:
        What was done.

    Raises:
        BadFile: a file cannot be read (strict), or none can.
    """
    files = gather(paths)
    shots = [snapshot(path, companions={p.name: p for p in files}) for path in files]
    return take(ledger, shots, keep=keep, strict=strict, progress=progress)


def take(
    ledger: Ledger,
    shots: Sequence[Snapshot],
    *,
    keep: bool = True,
    strict: bool = True,
    progress: Callable[[int, int, str], object] | None = None,
) -> Import:
    """Import snapshots; arguments as in `import_files`."""
    parsed: list[Parsed] = []
    formats: dict[str, str] = {}
    unread: dict[str, BadFile] = {}
    kept: dict[str, Path] = {}
    for done, shot in enumerate(shots):
        if progress:
            progress(done, len(shots), shot.filename)
        try:
            connector = recognise(shot.path, peek(shot.path, shot.filename))
            parsed.append(connector.parse(shot))
        except BadFile as error:
            said = _named(error, shot)
            if strict:
                raise said from error
            unread[shot.filename] = said
            continue
        formats[shot.filename] = connector.name
        kept[shot.sha256] = shot.path
    if not parsed:
        raise BadFile(
            "None of the files can be read", path=f"{len(unread)} files", hint=next(iter(unread.values())).what
        )
    if progress:
        progress(len(shots), len(shots), "")
    return Import(ingest(ledger, parsed, files=kept if keep else None), formats, unread)


def _named(error: BadFile, shot: Snapshot) -> BadFile:
    """The same error under the file's own name, where its bytes lie in a cache under their hash."""
    if error.path != shot.path.name or shot.path.name == shot.filename:
        return error
    return BadFile(error.what, path=shot.filename, row=error.row, column=error.column, hint=error.hint)

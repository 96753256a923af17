"""The one module that opens a socket: politely, again after failures, and never twice for the same bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import tenacity

from khorgos.core.errors import BadFile, BadInput, KhorgosError, NoData, Offline, Refused
from khorgos.core.version import __version__
from khorgos.sources.connector import Request, Snapshot

#: Tries for one request; chosen because public interfaces that fail five times over two minutes are down.
_TRIES = 5
#: Tries where no connection comes about at all; chosen because without a network the user should hear so at once.
_TRIES_TO_CONNECT = 2
_LONGEST_WAIT = 60.0
_TIMEOUT = httpx.Timeout(60.0, connect=10.0)
#: Answers larger than this are not what a statistical interface sends; chosen above Comtrade's largest bulk file.
_LARGEST = 4 << 30
_BUSY = {408, 425, 429, 500, 502, 503, 504}
#: 204 is what the US Census interface answers to "a valid request with no results" (its guide, of that heading).
_ABSENT = {204, 404}


class _Again(Exception):
    """The server asks to come back later."""

    def __init__(self, status: int, wait: float | None) -> None:
        self.status, self.wait = status, wait
        super().__init__(f"HTTP {status}")


@dataclass(frozen=True, slots=True)
class Cache:
    """Bytes by their hash, and which request they answered.

    Args:
        root: folder; made when needed.
    """

    root: Path

    def find(self, key: str, youngest: dt.date | None) -> dict[str, Any] | None:
        """What is kept for a request, if its bytes are whole and not older than `youngest`."""
        note = self.root / "requests" / f"{key}.json"
        try:
            known: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
            blob = self.blob(str(known["sha256"]))
            whole = hashlib.sha256(blob.read_bytes()).hexdigest() == known["sha256"]
            day = dt.date.fromisoformat(str(known["retrieved"]))
        except (OSError, ValueError, KeyError):
            return None
        return known if whole and (youngest is None or day >= youngest) else None

    def blob(self, sha256: str) -> Path:
        """Where bytes of a hash are."""
        return self.root / "blobs" / sha256

    def keep(self, key: str, draft: Path, about: Mapping[str, Any]) -> None:
        """Move a finished download to its place, then note it."""
        blob = self.blob(str(about["sha256"]))
        blob.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(blob)
        note = self.root / "requests" / f"{key}.json"
        note.parent.mkdir(parents=True, exist_ok=True)
        half = note.with_suffix(".part")
        half.write_text(json.dumps(dict(about), indent=1), encoding="utf-8")
        half.replace(note)


@dataclass(slots=True)
class _Manners:
    """Least time between two requests to one host."""

    last: dict[str, float] = field(default_factory=dict)

    def wait(self, request: Request, sleep: Callable[[float], None]) -> None:
        host = urlsplit(request.url).netloc
        now = time.monotonic()
        early = self.last.get(host, float("-inf")) + request.pause - now
        if early > 0:
            sleep(early)
        self.last[host] = time.monotonic()


def default_cache() -> Path:
    """Folder of fetched answers: $KHORGOS_CACHE, else the platform's cache folder."""
    if named := os.environ.get("KHORGOS_CACHE"):
        return Path(named).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "khorgos"


def fetch(
    requests: Sequence[Request],
    *,
    cache: Cache,
    max_age: int | None = 30,
    progress: Callable[[int, int], object] | None = None,
    missing: Callable[[NoData], object] | None = None,
    transport: httpx.BaseTransport | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[Snapshot, ...]:
    """Get the answers to a plan; what the cache holds is not asked for again, so a broken run goes on where it stopped.

    Args:
        requests: the plan of a connector.
        cache: where answers are kept.
        max_age: days for which a kept answer is good; None for ever.
        progress: called with (requests done, requests in all).
        missing: called for a request that the interface has no data for, which is then left out; where it is
            left out itself, such a request is an error.
        transport: another transport of httpx (tests answer from recordings).
        sleep: how to wait.

    Returns:
        One snapshot a request, in order, those without data left out.

    Raises:
        Offline: there is no network, or the host cannot be reached.
        Refused: the interface refuses the key or the question.
        NoData: the interface has no such data.
        BadInput: a key is missing from the environment.
    """
    youngest = None if max_age is None else dt.date.today() - dt.timedelta(days=max_age)
    manners, out = _Manners(), []
    keys = [_key(request) for request in requests]
    headers = {"User-Agent": f"khorgos/{__version__}", "Accept-Encoding": "gzip"}
    with httpx.Client(transport=transport, timeout=_TIMEOUT, headers=headers) as client:
        for done, (key, request) in enumerate(zip(keys, requests, strict=True)):
            if progress:
                progress(done, len(requests))
            known = cache.find(key, youngest)
            try:
                known = known or _get(request, key, client=client, cache=cache, manners=manners, sleep=sleep)
            except NoData as absent:
                if missing is None:
                    raise
                missing(absent)
                continue
            out.append(_snapshot(known, cache))
    if progress:
        progress(len(requests), len(requests))
    return tuple(out)


def _key(request: Request) -> str:
    return hashlib.sha256(_address(request).encode()).hexdigest()


def _address(request: Request) -> str:
    """The request without its secret, as provenance and as key of the cache."""
    query = urlencode(sorted(request.params.items()))
    return f"{request.url}?{query}" if query else request.url


def _secret(request: Request) -> tuple[dict[str, str], dict[str, str]]:
    """Headers and parameters that carry the user's key."""
    if request.secret is None:
        return {}, {}
    variable, place = request.secret
    value = os.environ.get(variable)
    if not value:
        host = urlsplit(request.url).netloc
        raise BadInput(f"{host} asks for a key", hint=f"Get a free one there and set {variable} to it")
    kind, _, name = place.partition(":")
    return ({name: value}, {}) if kind == "header" else ({}, {name: value})


def _get(
    request: Request,
    key: str,
    *,
    client: httpx.Client,
    cache: Cache,
    manners: _Manners,
    sleep: Callable[[float], None],
) -> dict[str, Any]:
    secrets = _secret(request)

    def once() -> dict[str, Any]:
        manners.wait(request, sleep)
        return _download(request, key, client=client, cache=cache, secrets=secrets)

    retrying = tenacity.Retrying(
        stop=_enough,
        wait=_wait,
        retry=tenacity.retry_if_exception_type((_Again, httpx.TransportError)),
        sleep=sleep,
        reraise=True,
    )
    host = urlsplit(request.url).netloc
    try:
        return retrying(once)
    except _Again as error:
        raise Refused(
            f"{host} answered HTTP {error.status} {_TRIES} times",
            hint="Run the same command later: it goes on from here",
        ) from error
    except httpx.ConnectError as error:
        raise Offline(f"No network: {host} cannot be reached", hint="What is in the ledger needs none") from error
    except httpx.TransportError as error:
        raise Offline(
            f"The connection to {host} broke off", hint="Run the same command again: it goes on from here"
        ) from error


def _enough(state: tenacity.RetryCallState) -> bool:
    error = state.outcome.exception() if state.outcome else None
    return state.attempt_number >= (_TRIES_TO_CONNECT if isinstance(error, httpx.ConnectError) else _TRIES)


def _wait(state: tenacity.RetryCallState) -> float:
    """As long as the server asked for, else 1, 2, 4, 8 seconds."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.wait if isinstance(error, _Again) else None
    return min(_LONGEST_WAIT, asked if asked is not None else 2.0 ** (state.attempt_number - 1))


def _download(
    request: Request,
    key: str,
    *,
    client: httpx.Client,
    cache: Cache,
    secrets: tuple[dict[str, str], dict[str, str]],
) -> dict[str, Any]:
    headers, params = secrets
    draft = cache.root / "parts" / f"{key}.{os.getpid()}.part"
    draft.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    try:
        # A key must not follow a redirect to another host.
        asked = client.stream(
            "GET",
            request.url,
            params={**request.params, **params},
            headers=headers,
            follow_redirects=request.secret is None,
        )
        with asked as answer:
            _check(answer, request)
            with draft.open("wb") as out:
                for chunk in answer.iter_bytes(1 << 16):
                    size += len(chunk)
                    if size > _LARGEST:
                        raise Refused(f"The answer is larger than {_LARGEST >> 30} GiB", where=_address(request))
                    digest.update(chunk)
                    out.write(chunk)
        about = {
            "sha256": digest.hexdigest(),
            "n_bytes": size,
            "retrieved": dt.date.today().isoformat(),
            "url": _address(request),
            "filename": request.filename,
        }
        cache.keep(key, draft, about)
    finally:
        draft.unlink(missing_ok=True)
    return about


def _check(answer: httpx.Response, request: Request) -> None:
    if answer.status_code in _BUSY:
        raise _Again(answer.status_code, _asked_wait(answer))
    if answer.status_code in _ABSENT:
        raise NoData("The interface has no such data", where=_address(request))
    if not answer.is_success:
        answer.read()
        raise _refusal(answer.status_code, _plain(answer.text), request)
    kind = answer.headers.get("Content-Type", "")
    if kind.startswith("text/html") and not request.filename.endswith((".html", ".htm")):
        answer.read()
        host = urlsplit(request.url).netloc
        raise Refused(f"{host} answered with a web page instead of data: {_plain(answer.text)}")


def _plain(text: str) -> str:
    """What a page or a message says, shortened."""
    bare = re.sub(r"<(?:script|style).*?</(?:script|style)>|<[^>]*>", " ", text, flags=re.DOTALL)
    return " ".join(bare.split())[:200]


def _refusal(status: int, said: str, request: Request) -> KhorgosError:
    host = urlsplit(request.url).netloc
    hint = f"Check the key in {request.secret[0]}" if status in {401, 403} and request.secret else None
    return Refused(f"{host} answered HTTP {status}: {said or 'no reason given'}", hint=hint)


def _asked_wait(answer: httpx.Response) -> float | None:
    asked = answer.headers.get("Retry-After", "")
    return float(asked) if asked.isdigit() else None


def _snapshot(known: Mapping[str, Any], cache: Cache) -> Snapshot:
    return Snapshot(
        path=cache.blob(str(known["sha256"])),
        filename=str(known["filename"]),
        sha256=str(known["sha256"]),
        n_bytes=int(known["n_bytes"]),
        retrieved=dt.date.fromisoformat(str(known["retrieved"])),
        url=str(known["url"]),
    )


def sdmx_address(service: str, flow: str, key: str, params: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The address of a data query, built by the optional library sdmx1; nothing is asked.

    Args:
        service: id of the service in sdmx1's list, such as "IMF_DATA".
        flow: the data flow, with its agency.
        key: codes by dimension, joined as the service's structure orders them.
        params: the query.

    Returns:
        The address and the query.

    Raises:
        BadInput: if sdmx1 is not installed.
    """
    prepared = _sdmx().Client(service).get("data", flow, key=key, params=dict(params), dry_run=True)
    parts = urlsplit(str(prepared.url))
    return f"{parts.scheme}://{parts.netloc}{parts.path}", dict(parse_qsl(parts.query))


def sdmx_message(stream: IO[bytes], filename: str) -> Any:
    """A message read by the optional library sdmx1 from bytes; no connection is opened.

    Args:
        stream: the bytes.
        filename: for errors.

    Returns:
        Its `sdmx.message.Message`.

    Raises:
        BadInput: if sdmx1 is not installed.
        BadFile: if the bytes are no SDMX message.
    """
    import contextlib
    import io
    import logging

    from lxml import etree

    sdmx = _sdmx()
    logging.getLogger("sdmx").setLevel(logging.ERROR)  # it warns that it infers the structure of each message
    broken = (etree.LxmlError, sdmx.exceptions.XMLParseError, ArithmeticError, AssertionError, AttributeError)
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it prints the element at which it fails
            return sdmx.read_sdmx(stream)
    except (*broken, LookupError, RuntimeError, StopIteration, TypeError, ValueError) as error:
        said = _plain(str(error)) or type(error).__name__
        raise BadFile(f"Not an SDMX message: {said}", path=filename, hint="Fetch it again") from None


def _sdmx() -> Any:
    try:
        import sdmx
    except ImportError:
        hint = "Install it: pip install 'khorgos[sdmx]'"
        raise BadInput("SDMX messages need the optional library sdmx1", hint=hint) from None
    return sdmx

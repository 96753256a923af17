"""Fetching: against recorded answers only; a stray request raises."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from khorgos.core.errors import BadInput, NoData, Offline, Refused
from khorgos.sources.connector import Request
from khorgos.sources.fetch import Cache, fetch

BODY = b'{"data": [1, 2]}'
ONE = Request("https://stat.example/data", "one.json", {"year": "2024"}, pause=2.0)
TWO = Request("https://stat.example/data", "two.json", {"year": "2023"}, pause=2.0)

Handler = Callable[[httpx.Request], httpx.Response]


class Recorded:
    """Answers by year of the query, and every request that was made."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers, self.seen = list(answers), []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self.answers.pop(0)  # an answer too few raises: no stray request goes unnoticed
        if isinstance(answer, Exception):
            raise answer
        return answer


def run(recorded: Recorded, folder: Path, *requests: Request, max_age: int | None = 30) -> tuple:
    waits: list[float] = []
    shots = fetch(
        requests, cache=Cache(folder), transport=httpx.MockTransport(recorded), sleep=waits.append, max_age=max_age
    )
    return shots, waits


def test_bytes_are_kept_by_their_hash_and_named(tmp_path: Path) -> None:
    (shot,), _ = run(Recorded(httpx.Response(200, content=BODY)), tmp_path, ONE)

    assert shot.path.read_bytes() == BODY
    assert shot.path.name == shot.sha256
    assert shot.filename == "one.json"
    assert shot.url == "https://stat.example/data?year=2024"
    assert shot.retrieved == dt.date.today()


def test_a_second_run_asks_nothing(tmp_path: Path) -> None:
    run(Recorded(httpx.Response(200, content=BODY)), tmp_path, ONE)
    silent = Recorded()
    (shot,), _ = run(silent, tmp_path, ONE)

    assert silent.seen == []
    assert shot.path.read_bytes() == BODY


def test_a_broken_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    broken = Recorded(httpx.Response(200, content=BODY), *[httpx.ReadError("cut")] * 5)
    with pytest.raises(Offline, match="broke off"):
        run(broken, tmp_path, ONE, TWO)
    rest = Recorded(httpx.Response(200, content=b"two"))
    shots, _ = run(rest, tmp_path, ONE, TWO)

    assert [r.url.params["year"] for r in rest.seen] == ["2023"]
    assert [s.path.read_bytes() for s in shots] == [BODY, b"two"]


def test_a_damaged_cache_is_asked_for_again(tmp_path: Path) -> None:
    (shot,), _ = run(Recorded(httpx.Response(200, content=BODY)), tmp_path, ONE)
    shot.path.write_bytes(b"half")
    again = Recorded(httpx.Response(200, content=BODY))
    (mended,), _ = run(again, tmp_path, ONE)

    assert len(again.seen) == 1
    assert mended.path.read_bytes() == BODY


def test_an_old_answer_is_asked_for_again(tmp_path: Path) -> None:
    run(Recorded(httpx.Response(200, content=BODY)), tmp_path, ONE)
    note = next((tmp_path / "requests").iterdir())
    about = json.loads(note.read_text())
    note.write_text(json.dumps({**about, "retrieved": "2001-01-01"}))
    again = Recorded(httpx.Response(200, content=b"new"))
    (shot,), _ = run(again, tmp_path, ONE)

    assert shot.path.read_bytes() == b"new"


def test_a_busy_server_is_given_the_time_it_asks_for(tmp_path: Path) -> None:
    recorded = Recorded(httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(200, content=BODY))
    _, waits = run(recorded, tmp_path, ONE)

    assert 7.0 in waits
    assert len(recorded.seen) == 2


def test_a_server_that_stays_busy_is_named_at_last(tmp_path: Path) -> None:
    recorded = Recorded(*[httpx.Response(503)] * 5)

    with pytest.raises(Refused, match=r"stat.example answered HTTP 503 5 times"):
        run(recorded, tmp_path, ONE)


def test_two_requests_to_one_host_keep_their_distance(tmp_path: Path) -> None:
    recorded = Recorded(httpx.Response(200, content=BODY), httpx.Response(200, content=b"two"))
    _, waits = run(recorded, tmp_path, ONE, TWO)

    assert len(waits) == 1
    assert 1.0 < waits[0] <= 2.0


def test_without_a_network_it_says_so_and_exits_with_3(tmp_path: Path) -> None:
    with pytest.raises(Offline, match=r"No network: stat\.example") as caught:
        run(Recorded(*[httpx.ConnectError("no route")] * 5), tmp_path, ONE)

    assert caught.value.exit_status == 3


def test_no_such_data(tmp_path: Path) -> None:
    with pytest.raises(NoData, match="year=2024"):
        run(Recorded(httpx.Response(404)), tmp_path, ONE)


def test_the_key_is_sent_but_never_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAT_KEY", "s3cret")
    recorded = Recorded(httpx.Response(200, content=BODY), httpx.Response(200, content=BODY))
    by_header = Request(ONE.url, "h.json", {"a": "1"}, secret=("STAT_KEY", "header:X-Key"), pause=0)
    by_query = Request(ONE.url, "q.json", {"a": "2"}, secret=("STAT_KEY", "param:key"), pause=0)
    shots, _ = run(recorded, tmp_path, by_header, by_query)
    kept = "".join(p.read_text() for p in (tmp_path / "requests").iterdir())

    assert recorded.seen[0].headers["X-Key"] == "s3cret"
    assert recorded.seen[1].url.params["key"] == "s3cret"
    assert "s3cret" not in kept + "".join(str(s.url) for s in shots)


def test_a_missing_key_names_its_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STAT_KEY", raising=False)
    silent = Recorded()

    with pytest.raises(BadInput, match="set STAT_KEY"):
        run(silent, tmp_path, Request(ONE.url, "h.json", secret=("STAT_KEY", "header:X-Key")))
    assert silent.seen == []


def test_a_refused_key_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAT_KEY", "wrong")
    recorded = Recorded(httpx.Response(401, text="Access denied"))

    with pytest.raises(Refused, match=r"HTTP 401: Access denied.*Check the key in STAT_KEY"):
        run(recorded, tmp_path, Request(ONE.url, "h.json", secret=("STAT_KEY", "header:X-Key")))


def test_no_half_file_is_left(tmp_path: Path) -> None:
    with pytest.raises(Offline):
        run(Recorded(*[httpx.ReadError("cut")] * 5), tmp_path, ONE)

    assert list((tmp_path / "parts").iterdir()) == []


def test_a_key_does_not_follow_a_redirect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAT_KEY", "s3cret")
    recorded = Recorded(httpx.Response(302, headers={"Location": "https://elsewhere.example/"}))

    with pytest.raises(Refused, match="HTTP 302"):
        run(recorded, tmp_path, Request(ONE.url, "h.json", secret=("STAT_KEY", "header:X-Key")))
    assert len(recorded.seen) == 1

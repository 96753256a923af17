"""docs/sources.md and docs/fetch.md say what the registry knows, each connector, source, option and key."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from khorgos.core.provenance import Source
from khorgos.sources.connector import Connector
from khorgos.sources.plans import Fetchable, fetchable, plan
from khorgos.sources.registry import connectors, sources


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "sources.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def fetch_page(root: Path) -> str:
    return (root / "docs" / "fetch.md").read_text(encoding="utf-8")


def _section(page: str, heading: str) -> str:
    level = heading.split(maxsplit=1)[0]
    _, found, rest = page.partition(f"\n{heading}\n")
    assert found, f"no section {heading!r}"
    return re.split(rf"\n#{{1,{len(level)}}} ", rest)[0]


@pytest.mark.parametrize("connector", connectors(), ids=lambda one: str(one.name))
def test_each_connector_has_a_section_with_an_example(connector: Connector, page: str) -> None:
    section = _section(page, f"### {connector.name}")

    assert "Reads " in section
    assert "`khorgos import " in section


@pytest.mark.parametrize("card", sources(), ids=lambda card: str(card.id))
def test_each_source_has_a_section_with_its_terms(card: Source, page: str) -> None:
    heading = next((line for line in page.splitlines() if line.startswith("## ") and f"(`{card.id}`)" in line), "")
    section = _section(page, heading)

    assert f"**{card.redistribute}**" in " ".join(section.split())
    assert re.search("Trap|Superseded", section)


def test_no_section_without_a_connector(page: str) -> None:
    assert set(re.findall(r"^### (.+)$", page, re.MULTILINE)) == {one.name for one in connectors()}
    assert set(re.findall(r"^## .*\(`(.+)`\)$", page, re.MULTILINE)) == {card.id for card in sources()}


@pytest.mark.parametrize("source", fetchable(), ids=lambda one: str(one.name))
def test_each_interface_has_a_section_with_its_options_and_key(source: Fetchable, fetch_page: str) -> None:
    heading = next(line for line in fetch_page.splitlines() if line.startswith("## ") and f"`{source.name}`" in line)
    section = _section(fetch_page, heading)

    assert [option for option in source.options if f"`{option}`" not in section] == []
    assert source.key is None or source.key in section
    assert [option for option in source.options if f"| `{option}` |" not in fetch_page] == []


def test_the_commands_of_the_page_can_be_planned(fetch_page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMTRADE_KEY", "x")
    commands = re.findall(r"^    khorgos fetch ((?:\S+=?\S*|\s)+?)(?:\s+#.*)?$", fetch_page, re.MULTILINE)
    asked = [shlex.split(command) for command in commands if "SOURCE" not in command and not command.startswith("imf")]

    assert len(asked) == 11
    for source, *options in asked:
        assert plan(source, **dict(option.split("=", 1) for option in options))

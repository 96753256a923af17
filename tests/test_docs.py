"""The docs are tested: every command, option, measure, source, decision and setting is documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

import khorgos
from khorgos import measures
from khorgos.cli.door import app
from khorgos.sources.registry import connectors, sources

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS_PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
COMMANDS = {c.name: c for c in typer.main.get_command(app).commands.values()}
SETTING = re.compile(r"environ(?:\.get\(|\[)\s*\"([A-Z_]+)\"")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_in_the_readme(name: str) -> None:
    assert re.search(rf"^ +khorgos {name}\b", README, re.MULTILINE)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_on_the_page_of_commands(name: str) -> None:
    assert f"## khorgos {name}" in COMMANDS_PAGE
    section = COMMANDS_PAGE.split(f"## khorgos {name}\n")[1].split("\n## ")[0]
    options = {o for p in COMMANDS[name].params for o in p.opts if o.startswith("--")} - {"--help"}
    common = {"--format", "--output", "--ledger"}  # told once, at the top of the page

    assert {o for o in options - common if f"`{o}`" not in section} == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_and_every_option_has_help(name: str) -> None:
    command = COMMANDS[name]

    assert command.help
    assert [p.name for p in command.params if not getattr(p, "help", None) and p.name != "help"] == []


@pytest.mark.parametrize("name", [n for n in COMMANDS if n != "import"])
def test_every_command_is_a_function_of_the_api(name: str) -> None:
    assert (getattr(khorgos, name).__doc__ or "").strip()


def test_every_source_has_its_section() -> None:
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")

    assert {card.id for card in sources() if f"`{card.id}`" not in page} == set()
    assert {one.name for one in connectors() if one.name not in page} == set()


def test_every_measure_has_its_entry() -> None:
    page = (ROOT / "docs" / "measures.md").read_text(encoding="utf-8")
    public = [name for name in measures.__all__ if name[0].islower()]

    assert public
    assert {name for name in public if f"`{name}`" not in page} == set()


def test_every_setting_is_documented() -> None:
    used = {m for path in (ROOT / "src").rglob("*.py") for m in SETTING.findall(path.read_text(encoding="utf-8"))}
    platform = {"XDG_DATA_HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", "TMPDIR", "TEMP"}

    assert {name for name in used - platform if name not in COMMANDS_PAGE} == set()


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")

    assert {page.name for page in folder.glob("0*.md") if page.name not in index} == set()


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]), ids=lambda p: p.name)
def test_links_inside_the_project_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"`[^`]*`", "", page.read_text(encoding="utf-8"))
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", prose)

    assert {link for link in links if not (page.parent / link).exists()} == set()

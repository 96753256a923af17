"""An article as plain text, whatever it comes in."""

from __future__ import annotations

import datetime as dt
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khorgos.claims.article import from_html, read_article
from khorgos.core.errors import BadFile, BadInput, KhorgosError

PAGE = """<!doctype html><html><head><title>t</title><script>var x = "$1bn";</script>
<meta property="article:published_time" content="2025-03-20T10:00:00Z"></head><body><nav><p>Menu $2bn</p></nav>
<article><h1>Trade hits a record</h1><p>Trade with <b>Kazakhstan</b> hit $43.8 billion.</p>
<ul><li>Exports: $28bn</li></ul></article><footer><p>(c) $3bn</p></footer></body></html>"""
WORD = """<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>
<w:p><w:r><w:t>Trade hit </w:t></w:r><w:r><w:t>$43.8 billion.</w:t></w:r></w:p><w:p/>
<w:p><w:r><w:t>Exports rose.</w:t></w:r></w:p></w:body></w:document>"""


def test_a_page_gives_its_article_and_its_day() -> None:
    article = from_html(PAGE, "page.html")

    assert article.text == "Trade hits a record\nTrade with Kazakhstan hit $43.8 billion.\nExports: $28bn"
    assert article.day == dt.date(2025, 3, 20)


def test_a_word_file_gives_its_paragraphs(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("word/document.xml", WORD)

    assert read_article(tmp_path / "a.docx").text == "Trade hit $43.8 billion.\nExports rose."


def test_markdown_loses_its_marks(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Trade\n\n**Exports** to [China](https://x.example) hit $5 bn.", encoding="utf-8")

    assert read_article(tmp_path / "a.md").text == "Trade\n\nExports to China hit $5 bn."


def test_old_encodings_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("T\u00fcrkiye sold \u20ac5 billion.".encode("cp1252"))

    assert "billion" in read_article(tmp_path / "a.txt").text


@pytest.mark.parametrize(("name", "content"), [("a.txt", b""), ("a.html", b"<html></html>"), ("a.docx", b"no zip")])
def test_what_holds_no_text_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises((BadFile, BadInput)):
        read_article(tmp_path / name)


@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.html", "a.md", "a.docx"]))
def test_no_bytes_bring_it_down(tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str) -> None:
    path = tmp_path_factory.mktemp("article") / name
    path.write_bytes(content)
    with suppress(KhorgosError):
        assert read_article(path).text.strip()

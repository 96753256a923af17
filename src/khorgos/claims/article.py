"""An article as plain text, whatever it comes in: text, Markdown, HTML, Word, PDF."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from khorgos.core.errors import BadFile, BadInput
from khorgos.sources.reading import open_bytes
from khorgos.sources.reading import text as text_of
from khorgos.sources.unpacking import check_archive

#: Longest text that is read; chosen because an article has some ten thousand characters, and a book a million.
LONGEST = 2_000_000

_BLOCKS = ("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "blockquote", "figcaption", "dt", "dd", "pre")
_ASIDE = ("script", "style", "nav", "header", "footer", "aside", "form", "noscript", "template", "svg", "iframe")
_DAYS = (
    '//meta[@property="article:published_time"]/@content',
    '//meta[@name="date" or @name="pubdate" or @itemprop="datePublished"]/@content',
    "//time/@datetime",
)
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True, slots=True)
class Article:
    """A text to check.

    Args:
        text: plain, paragraphs on lines of their own.
        name: of its file or page.
        day: when it was published, where it says so itself.
    """

    text: str
    name: str
    day: dt.date | None = None

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise BadInput("There is no text in it", where=self.name)
        if len(self.text) > LONGEST:
            raise BadInput(f"The text has {len(self.text):,} characters; at most {LONGEST:,} are read", where=self.name)


def read_article(path: Path, name: str | None = None) -> Article:
    """Read an article from a file.

    Args:
        path: .txt, .md, .html, .docx or .pdf; what has another ending is read as text.
        name: its name, where the file has another.

    Returns:
        The article.

    Raises:
        BadFile: if it cannot be read as what it seems.
        BadInput: if there is no text in it, or too much.
    """
    called = name or path.name
    if path.is_dir():
        raise BadFile("That is a folder", path=str(path), hint="Name one article in it")
    if not path.is_file():
        raise BadFile("There is no such file", path=str(path))
    if not path.stat().st_size:
        raise BadInput("There is no text in it", where=called)
    ending = Path(called).suffix.lower()
    if ending == ".docx":
        return Article(_docx(path), called)
    if ending == ".pdf":
        return Article(_pdf(path), called)
    text = text_of(path)
    if ending in (".html", ".htm") or re.match(r"\s*(<!doctype html|<html)", text, re.IGNORECASE):
        return from_html(text, called)
    return Article(_unmarked(text) if ending in (".md", ".markdown") else text, called)


def from_html(page: str, name: str) -> Article:
    """The text of a page's article: its blocks in order, without menus, scripts and asides.

    Args:
        page: the HTML.
        name: of the page.

    Returns:
        The article, with the day that the page states.
    """
    import lxml.html

    try:
        tree = lxml.html.document_fromstring(page)
    except (lxml.etree.ParserError, ValueError) as error:
        raise BadFile("The page holds nothing to read", path=name) from error
    day = next((found for query in _DAYS for written in tree.xpath(query) if (found := _day(str(written)))), None)
    for node in list(tree.iter(*_ASIDE)):
        node.drop_tree()
    articles = tree.xpath("//article")
    root = max(articles, key=lambda node: len(node.text_content()), default=tree)
    blocks = [" ".join(node.text_content().split()) for node in _leaves(root)]
    text = "\n".join(block for block in blocks if block) or " ".join(root.text_content().split())
    return Article(text, name, day)


def _leaves(root: Any) -> Iterator[Any]:
    """Blocks that hold no other block."""
    for node in root.iter(*_BLOCKS):
        if not any(True for inner in node.iterdescendants(*_BLOCKS)):
            yield node


def _day(written: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(written[:10])
    except ValueError:
        return None


def _unmarked(text: str) -> str:
    """Markdown without its marks: links by their text, no emphasis, no heading signs."""
    plain = re.sub(r"!?\[([^\]]*)\]\([^)\s]*(?:\s[^)]*)?\)", r"\1", text)
    plain = re.sub(r"^[ \t]{0,3}#{1,6}[ \t]+", "", plain, flags=re.MULTILINE)
    return re.sub(r"(\*\*|__|`)", "", plain)


def _docx(path: Path) -> str:
    from lxml import etree

    check_archive(path)
    try:
        with open_bytes(path, "word/document.xml") as stream:
            tree = etree.parse(stream, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, KeyError) as error:
        raise BadFile("The file is no Word document", path=path.name) from error
    paragraphs = ("".join(node.text or "" for node in p.iter(f"{_WORD}t")) for p in tree.iter(f"{_WORD}p"))
    return "\n".join(line for line in paragraphs if line.strip())


def _pdf(path: Path) -> str:
    try:
        import pypdf
    except ImportError as error:
        raise BadInput("PDF files need an extra", hint="Install it: pip install 'khorgos[pdf]'") from error
    try:
        pages = [page.extract_text() for page in pypdf.PdfReader(path).pages]
    except (pypdf.errors.PyPdfError, ValueError, KeyError, OSError) as error:
        raise BadFile("The PDF file cannot be read", path=path.name) from error
    return "\n".join(pages)

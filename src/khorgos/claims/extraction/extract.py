"""Every trade number of a text, found and read."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence

from khorgos.claims.claim import Claim
from khorgos.claims.extraction.areas_in_text import Source
from khorgos.claims.extraction.calendar import Calendar, Today, read_date
from khorgos.claims.extraction.chunks import Line, read_line
from khorgos.claims.extraction.colon_lists import find_colon_lists
from khorgos.claims.extraction.coreference import with_referents
from khorgos.claims.extraction.discourse import (
    Discourse,
    Frame,
    hub_of,
    is_bilateral,
    main_pair,
    only_group,
    region_of,
    related_pair,
    subjects,
    turns_around,
)
from khorgos.claims.extraction.drafts import Draft, words_of
from khorgos.claims.extraction.duties import is_tariff
from khorgos.claims.extraction.figures import figure
from khorgos.claims.extraction.finishing import finish
from khorgos.claims.extraction.memory import TIMED, is_later, is_within, remember
from khorgos.claims.extraction.mention import Mention
from khorgos.claims.extraction.mentions import find_mentions
from khorgos.claims.extraction.paraphrase import Tortured, unparaphrased
from khorgos.claims.extraction.places_told import places_after_names
from khorgos.claims.extraction.reading import Reading, read
from khorgos.claims.extraction.remarks import flat, remark, remark_of
from khorgos.claims.extraction.scene import scene_of
from khorgos.claims.extraction.sentences import sentences
from khorgos.claims.extraction.setting import Setting
from khorgos.claims.extraction.sides import WORLD, is_group, members_of
from khorgos.claims.extraction.standings import with_standings
from khorgos.claims.extraction.table_claims import TableSetting, table_claims
from khorgos.claims.extraction.tables import Table, find_tables
from khorgos.claims.extraction.tariff_mind import TariffMind
from khorgos.claims.extraction.tariffs import note_duties, tariff
from khorgos.claims.extraction.times import Role, role
from khorgos.claims.extraction.writing import claim_of
from khorgos.nomenclature.periods import Period

# First months of fiscal years that do not begin in April (CIA, The World Factbook, field "Fiscal year").
_FISCAL_FIRST = {"PAK": 7, "BGD": 7, "EGY": 7, "AUS": 7, "NPL": 7, "KEN": 7, "UGA": 7, "ETH": 7, "USA": 10, "THA": 10}
_YEAR = 12  # months
_OFFICES = frozenset(
    (
        "corporation",
        "agency",
        "bureau",
        "committee",
        "ministry",
        "office",
        "institute",
        "department",
        "council",
        "board",
    )
)
_FIGURES = frozenset(("statistics", "data", "figures", "numbers", "customs", "statisticians", "calculations"))


def extract(text: str, *, date: dt.date | str | None = None, article: str = "") -> tuple[Claim, ...]:
    """Read every trade number of a text.

    Args:
        text: the article, plain.
        date: when it was written: a day, "2025-03-20", "2025-03" or "2025"; None where not known.
        article: a name for it, kept in the claims.

    Returns:
        The claims in the order of the text.

    Raises:
        BadInput: if the date cannot be read.
    """
    plain = read(text)
    reading, tortured = unparaphrased(plain)
    drafts = _Reader(reading, read_date(date)).drafts()
    return tuple(_claims(drafts, reading, plain, tortured, article))


def _claims(
    drafts: Sequence[Draft], reading: Reading, plain: Reading, tortured: Sequence[Tortured], article: str
) -> list[Claim]:
    told = [(plain.span(each.start, each.end), f"{each.written} = {each.meant}") for each in tortured]
    return [claim_of(draft, reading, article, told) for draft in drafts]


class _Reader:
    """One pass over a text, sentence after sentence."""

    def __init__(self, reading: Reading, today: Today) -> None:
        self._text = reading.text
        lines = [read_line(reading.text, sentence) for sentence in sentences(reading.text)]
        self._lines = with_standings(with_referents(lines))
        self._mentions = [find_mentions(line) for line in self._lines]
        every = [mention for found in self._mentions for mention in found]
        hub = hub_of(every, self._lines)
        self._calendar = Calendar(today, _year_spoken_of(self._lines), _FISCAL_FIRST.get(hub or "", 4))
        self._mind = Discourse(
            hub=hub,
            main=main_pair(every) or related_pair(self._lines),
            pairs=frozenset(frozenset((*m.a, *m.b)) for m in every if len(m.a) == len(m.b) == 1),
            bilateral=is_bilateral(every, hub),
            around=turns_around(every, hub),
            told_around=turns_around(every) is not None,
            region=region_of(self._lines),
            only_group=only_group(self._lines),
        )
        self._tariff = TariffMind(parties=_parties(self._lines), houses=_houses(self._lines))
        self._paragraph = -1
        self._main: Period | None = None
        self._partners: set[str] = set()
        self._opening: Frame | None = None  # the first flow with a figure
        self._flows: set[str | None] = set()  # flows that the paragraph told figures of
        self._figured: set[str | None] = set()  # periods that figures were told of
        self._main_told = -1  # the paragraph that last spoke of the main period
        self._period: Period | None = None
        self._length = 0  # sentences that the period in question has lasted
        self._told: list[str | None] = []  # periods of the figures of the paragraph
        self._monthly = _is_monthly(reading.text)

    def drafts(self) -> list[Draft]:
        """All drafts, in the order of the text."""
        found: list[Draft] = []
        tables = {table.first: table for table in find_tables(self._text, self._lines)}
        tables |= {table.first: table for table in find_colon_lists(self._text, self._lines)}
        position = 0
        while position < len(self._lines):
            table = tables.get(position)
            if table is None:
                found += self._sentence(position)
                position += 1
            else:
                found += self._table(table, found)
                position = table.last
        return finish(sorted(found, key=lambda d: (d.start, d.end)))

    def _sentence(self, position: int) -> list[Draft]:
        line, mentions, mind = self._lines[position], self._mentions[position], self._mind
        self._turn_paragraph(line, mentions)
        _note_source(line, mind)
        about = subjects(line, mentions)
        scene = scene_of(line, mentions, about, mind)
        roles: dict[int, Role] = {i: role(line, i) for i, chunk in enumerate(line.chunks) if chunk.when is not None}
        setting = Setting(scene, roles, self._calendar, scene.mind, self._monthly)
        note_duties(line, self._tariff, setting)
        numbers = self._numbers(setting)
        rest = _wordless(setting, numbers)
        remember(setting, numbers, rest, mind)
        if mind.period is not None and (
            self._main is None or mind.period == self._main or is_later(mind.period, self._main)
        ):
            self._main_told = line.sentence.paragraph
        self._told += [d.period for d in numbers if d.kind in TIMED and not d.base_of]
        self._figured |= {d.period for d in numbers if d.kind in TIMED}
        self._flows |= {d.frame.flow for d in numbers if d.frame is not None}
        frames = [d.frame for d in (*numbers, *rest) if d.frame is not None]
        self._opening = self._opening or next(iter(frames), None)
        self._partners |= {s for f in frames for s in (f.a, f.b) if s not in (None, WORLD, mind.hub)}
        return [*numbers, *rest]

    def _turn_paragraph(self, line: Line, mentions: Sequence[Mention]) -> None:
        """A new paragraph goes on with the main period, not with an earlier one that the last looked back to."""
        mind = self._mind
        if line.sentence.paragraph != self._paragraph:
            told = self._main is not None and words_of(self._main) in self._figured
            told = told and not self._breaks_down(mentions)
            self._flows = set()
            if mind.period is not None and self._main is not None and told and self._is_left(mind.period, self._main):
                mind.period = self._main
            self._paragraph = line.sentence.paragraph
            self._told = []
            mind.aside = False
            self._back_to_all()
        self._length = self._length + 1 if mind.period == self._period else 1
        self._period = mind.period
        if mind.aside:
            return
        if mind.period is not None and (self._main is None or self._is_newer(mind.period, self._main)):
            self._main = mind.main_period = mind.period

    def _is_newer(self, period: Period, main: Period) -> bool:
        """Whether the text has come to a later period, or to the months of a year that is not over."""
        unfinished = main.months == _YEAR and main.year == self._calendar.today.year
        return is_later(period, main) or (unfinished and 1 < period.months < _YEAR and is_within(period, main))

    def _breaks_down(self, mentions: Sequence[Mention]) -> bool:
        """ "In 2023 turnover was $62.5 billion.", then "Exports grew to $24.4 billion": of the same year."""
        first = mentions[0] if mentions else None
        bare = first is not None and not (first.a or first.b or first.whens or first.verb or first.world)
        return first is not None and bare and first.flow in ("export", "import") and self._flows == {"total"}

    def _is_left(self, period: Period, main: Period) -> bool:
        """Whether a new paragraph leaves the period: one before the main one, or a part of it that has been dealt with.

        Paragraphs of one sentence go on with a part ("In August ..."), as wires write.
        """
        if self._mind.aside:
            return True
        if period.start + period.months <= main.start:
            return not self._is_all_of(period)
        since_january = period.start % 12 == 0 and period != main and is_within(main, period)
        if self._monthly and main.months == 1 and since_january:
            return True  # "so far this year", by the way in a release of one month
        dealt_with = self._length > 1 or self._main_told == self._paragraph
        return is_within(period, main) and period != main and dealt_with

    def _is_all_of(self, period: Period) -> bool:
        """Whether the last paragraph told several figures, all of one period: the next may go on with it."""
        return len(self._told) > 3 and set(self._told) == {words_of(period)}

    def _back_to_all(self) -> None:
        """After a paragraph about several partners of the hub, a bare flow means its trade with all again."""
        mind, partners = self._mind, self._partners
        self._partners = set()
        sides = (mind.running.a, mind.running.b, mind.centre)
        survey = self._opening is not None and self._opening.b == WORLD
        if len(partners) > (0 if survey else 1) and mind.hub is not None and mind.hub in sides:
            group = next((side for side in mind.main or () if is_group(side)), None)
            within = group is not None and not survey and partners <= members_of(group) | {group}
            mind.whole = Frame(mind.hub, group if within else WORLD, mind.running.flow)

    def _numbers(self, setting: Setting) -> list[Draft]:
        drafts = []
        for i, chunk in enumerate(setting.scene.line.chunks):
            if chunk.quantity is None:
                continue
            if is_tariff(setting.scene.line, i, self._tariff):
                drafts.append(tariff(setting, i, self._tariff))
            elif (draft := figure(setting, i)) is not None:
                drafts.append(draft)
        return drafts

    def _table(self, table: Table, found: Sequence[Draft]) -> list[Draft]:
        above = [self._lines[i] for i in range(max(0, table.first - 2), table.first)]
        above = [line for line in above if all(chunk.quantity is None for chunk in line.chunks)]
        caption = " ".join(self._text[line.sentence.start : line.sentence.end] for line in above)
        return table_claims(table, TableSetting(self._text, self._calendar, self._mind, caption, found))


def _parties(lines: Sequence[Line]) -> tuple[str, ...]:
    """The two countries that a text names most; none if no two stand out."""
    named = Counter(
        c.area.area
        for line in lines
        for c in line.chunks
        if c.kind in ("area", "person") and c.area is not None and not is_group(c.area.area)
    )
    first = [area for area, n in named.most_common(3) if n > 1]
    return tuple(first[:2]) if len(first) > 1 else ()


def _houses(lines: Sequence[Line]) -> tuple[str, ...]:
    """Governments whose persons, houses or laws a text names, most named first."""
    named = Counter(c.area.area for line in lines for c in line.chunks if c.kind == "person" and c.area is not None)
    return tuple(area for area, _ in named.most_common())


def _year_spoken_of(lines: Sequence[Line]) -> int | None:
    years = Counter(
        chunk.when.year
        for line in lines
        for chunk in line.chunks
        if chunk.when is not None
        and chunk.when.year is not None
        and chunk.when.sort not in ("horizon", "date", "years")
    )
    return max(years) if years else None


_FROM_MONTH = re.compile(
    r"(?:%|percent|per cent|billion|million)\s+(?:less\s+|more\s+|lower\s+|higher\s+)?(?:from|than(?:\s+in)?)\s+"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)\b(?!\s+(?:of\s+)?(?:last|20))"
)


_IN_MONTH = re.compile(
    r"\bfrom\s+(?:us)?\$[0-9.,]+\s?(?:billion|bn|million|b)?\s+in\s+"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)\b(?!\s+(?:of\s+)?(?:last|20))"
)


def _is_monthly(text: str) -> bool:
    """Whether the text compares months with the months before, as the releases of the U.S. Census Bureau do."""
    low = text.lower()
    return any(pattern.search(low) is not None for pattern in (_FROM_MONTH, _IN_MONTH)) or any(
        words in low
        for words in (
            "bureau of economic analysis",
            "census bureau",
            "commerce department",
            "department of commerce",
            "month-on-month",
            "from the previous month",
            "from the prior month",
        )
    )


def _wordless(setting: Setting, numbers: Sequence[Draft]) -> list[Draft]:
    line = setting.scene.line
    drafts: list[Draft] = []
    placed = dict(places_after_names(line))
    for i, chunk in enumerate(line.chunks):
        found = None
        if chunk.wording is not None:
            found = remark(setting, i, numbers)
        elif chunk.has("flat"):
            found = flat(setting, i)
        elif i in placed:
            found = remark_of(setting, i, placed[i], numbers)
        if found is not None:
            drafts.append(found)
    return drafts


def _note_source(line: Line, mind: Discourse) -> None:
    named = [chunk.source for chunk in line.chunks if chunk.source is not None] or _statistics_of(line)
    mind.office = mind.office if named or mind.office_is_new else None
    mind.office_is_new = bool(named)
    if named:
        mind.source = " and ".join(dict.fromkeys(source.label for source in named))
        areas = [area for source in named if (area := _area_of(source, mind)) is not None]
        mind.source_area = areas[0] if areas else mind.source_area
        mind.office = areas[0] if areas else None


def _area_of(source: Source, mind: Discourse) -> str | None:
    """Whose office it is; of several countries with one of that name the one that the text is about."""
    if "|" not in source.area:
        return source.area or None
    known = [*(mind.main or ()), mind.hub, mind.running.a, mind.running.b]
    return next((area for area in source.area.split("|") if area in known), None)


def _is_of_office(line: Line, k: int) -> bool:
    """ "according to the Malaysia External Trade Development Corporation (Matrade)": an office that no list has."""
    lead = [c.low for c in line.chunks[max(0, k - 3) : k] if c.low != "the"]
    if lead[-2:] != ["according", "to"] and lead[-1:] != ["according to"]:
        return False
    behind = line.chunks[k + 1 : k + 9]
    end = next((n for n, c in enumerate(behind) if c.low in (",", "(", ".", "said")), len(behind))
    return any(c.low in _OFFICES for c in behind[:end])


def _statistics_of(line: Line) -> list[Source]:
    """ "Kyrgyz statistics tell another story": a country's figures, though no office is named."""
    for k, chunk in enumerate(line.chunks[:-1]):
        if chunk.kind != "area" or chunk.area is None or is_group(chunk.area.area):
            continue
        words = [c.low for c in line.chunks[k + 1 : k + 4] if c.low not in ("official", "government", "'s", "national")]
        if words and words[0] in _FIGURES:
            return [Source(f"{chunk.low.title()} {words[0]}", chunk.area.area)]
        if line.chunks[k - 1].low == "of" and k > 1 and line.chunks[k - 2].low in _FIGURES:
            return [Source(f"{chunk.low.title()} {line.chunks[k - 2].low}", chunk.area.area)]
        if _is_of_office(line, k):
            return [Source(f"{chunk.low.title()} office", chunk.area.area)]
    return []

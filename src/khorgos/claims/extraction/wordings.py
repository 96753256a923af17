"""Statements without a printed number: doubled, third-largest, a record, for 15 years in a row, ran a deficit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from khorgos.claims.extraction.numerals import CARDINALS, cardinal, ordinal

_COUNT = (
    r"(?:[0-9]{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|a|several)"
)
_ORDINAL = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|"
    r"fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|[0-9]{1,2}(?:st|nd|rd|th))"
)
_UNIT = r"(?P<unit>year|month|quarter|week)s?"
_VAGUE = (
    r"(?:(?P<vague>(?:slightly |far |much )?more than|nearly|almost|about|around|roughly|over|practically"
    r"|at least|close to)\s+)?"
)
_BEST = (
    r"(?:largest|biggest|greatest|highest|top|leading|number[- ]one|no\.?\s?1|foremost|most important|chief"
    r"|main|primary|principal|most active)"
)


class Wording(NamedTuple):
    """One such statement.

    Args:
        start: where it starts in the reading.
        end: where it ends.
        sort: "multiple", "streak", "rank", "order" (a bare place in a ranking), "lead", "record", "sign", "flat",
            "fastest" (a rank of growth), "none" (nothing at all).
        value: the multiple, number of years, rank; None where there is none.
        unit: unit of a streak.
        qualifier: how exact it is.
        scope: the stretch of a record, as worded.
        detail: the words that matter for what it is about ("low", "partner", "deficit").
    """

    start: int
    end: int
    sort: str
    value: float | None = None
    unit: str = ""
    qualifier: str = "exact"
    scope: str = ""
    detail: str = ""


_MULTIPLES = {"doubl": 2.0, "trebl": 3.0, "tripl": 3.0, "quadrupl": 4.0, "quintupl": 5.0, "halv": 0.5, "twice": 2.0,
              "thrice": 3.0, "twofold": 2.0, "threefold": 3.0, "fourfold": 4.0, "fivefold": 5.0, "sixfold": 6.0,
              "sevenfold": 7.0, "eightfold": 8.0, "ninefold": 9.0, "tenfold": 10.0}  # fmt: skip
_QUALIFIERS = {"more than": "more_than", "over": "more_than", "at least": "more_than", "nearly": "nearly",
               "almost": "nearly", "practically": "nearly", "close to": "nearly", "about": "approx",
               "around": "approx", "roughly": "approx"}  # fmt: skip


def _number(text: str) -> float | None:
    if text.isdigit():
        return float(text)
    if text in ("a", "an"):
        return 1.0
    read = cardinal([text]) if text in CARDINALS else None
    return read.value if read else None


def _qualifier(match: re.Match[str]) -> str:
    vague = match["vague"]
    if not vague:
        return "exact"
    return next(name for word, name in _QUALIFIERS.items() if vague.lower().endswith(word))


def _multiple(match: re.Match[str]) -> Wording:
    word = match["word"].lower().replace("-", "")
    value = next(v for stem, v in _MULTIPLES.items() if word.startswith(stem))
    return Wording(*match.span(), "multiple", value, "times", _qualifier(match), detail=word)


def _streak(match: re.Match[str]) -> Wording:
    value = _number(match["n"].lower()) if match["n"] else None
    if value is None and match["o"]:
        value = float(ordinal(match["o"].lower()) or 0) or None
    start = match.start("n") if match["n"] else match.start("o")
    return Wording(start, match.end(), "streak", value, match["unit"].lower() + "s")


def _rank(match: re.Match[str]) -> Wording:
    place = ordinal(match["o"].lower()) if match["o"] else None
    word = match["best"].lower()
    start = match.start("o") if match["o"] else match.start("best")
    return Wording(start, match.end("best"), "rank", float(place or 1), "rank", detail=word)


def _number_rank(match: re.Match[str]) -> Wording:
    value = _number(match["n"].lower())
    return Wording(*match.span(), "rank", value, "rank", detail="number")


def _one_of_top(match: re.Match[str]) -> Wording:
    value = _number(match["n"].lower())
    return Wording(match.start("s"), match.end("n"), "among", value, "rank", "less_than", detail="top")


def _order(match: re.Match[str]) -> Wording:
    value = ordinal(match["o"].lower())
    return Wording(match.start("o"), match.end("o"), "order", float(value or 0), "rank")


def _numbered(match: re.Match[str]) -> Wording:
    return Wording(match.start("s"), match.end("s"), "order", _number(match["n"]), "rank")


def _lead(match: re.Match[str]) -> Wording:
    return Wording(match.start("s"), match.end("s"), "lead", 1.0, "rank")


def _next(match: re.Match[str]) -> Wording:
    return Wording(match.start("s"), match.end("s"), "next", None, "rank")


def _record(match: re.Match[str]) -> Wording:
    words = match.group()
    kind = (
        "low"
        if re.search(r"\blow|minimum|lowest|smallest|narrowest|weakest|worst|(?<!at )\bleast", words, re.I)
        else "high"
    )
    return Wording(match.start("s"), match.end("s"), "record", None, "", "record", words.strip(), kind)


def _fastest(match: re.Match[str]) -> Wording:
    return Wording(match.start("s"), match.end("s"), "fastest", 1.0, "rank", detail=match["what"].lower())


def _sign(match: re.Match[str]) -> Wording:
    return Wording(match.start("s"), match.end("s"), "sign", None, "sign", detail=match["what"].lower())


def _only(match: re.Match[str]) -> Wording:
    return Wording(match.start("s"), match.end("s"), "sign", None, "sign", detail="only " + match["what"].lower())


def _none(match: re.Match[str]) -> Wording:
    return Wording(match.start("s"), match.end("s"), "none", None, "")


_BALANCE = (
    r"(?P<what>(?:trade |foreign trade |merchandise trade |goods )?(?:deficits?|surplus(?:es)?|imbalance|gap)"
    r"|(?:positive|negative|favou?rable|active|passive) (?:(?:foreign )?trade )?(?:balance"
    r"|saldo)(?: of (?:foreign )?trade)?)"
)
_HAS = (
    r"(?:ran|runs?|running|had|has|have|having|posted|posts|recorded|record|recording|registered|registers|showed|shows"
)
_HAS += (
    r"|maintained|maintains|enjoys?|enjoyed|suffered|suffers|reported|saw|sees|incurred|booked|logged"
    r"|remained in|is in|was in)"
)
_SPAN_OF_TIME = (
    r"(?:since\s+(?:January|February|March|April|May|June|July|August|September|October|November|December)\b(?!\s+[0-9])"
    rf"|since\s+(?:at\s+least\s+)?(?:mid-|late\s+|early\s+)?(?:[A-Z][a-z]+\.?\s+)?(?:19|20)[0-9]{{2}}"
    rf"|in\s+(?:(?:the|more\s+than|over|nearly|almost|at\s+least|about)\s+)*(?:past\s+"
    rf"|last\s+)?{_COUNT}\s+(?:years?|months?|quarters?|decades?)"
    r"|in\s+(?:more\s+than\s+)?a\s+(?:decade|year)|on\s+record|in\s+history|of\s+all\s+time|ever(?:\s+recorded)?"
    r"|in\s+decades"
    r"|so\s+far\s+this\s+year|this\s+year\s+so\s+far|of\s+any\s+(?:month|quarter|year|half-year)"
    r"|of\s+all\s+such\s+periods(?:\s+in\s+the\s+years\s+of\s+independence)?|in\s+the\s+years\s+of\s+independence"
    r"|in\s+(?:all|the\s+whole)\s+(?:historical|recorded)\s+(?:data|history)"
    r"|in\s+(?:the|this)\s+(?:decade|series|whole\s+period)"
    r"|in\s+(?:the\s+)?history|to\s+date|since\s+records\s+began|in\s+(?:its|their)\s+history)"
)
_NO_RECORD = r"of\b|in\b|since\b|(?:partner|supplier|market|buyer|customer)s?\b"  # these are ranked
_MANY = (
    r"(?:largest|biggest|greatest|highest|lowest|smallest|most|best|strongest|weakest|fastest|slowest|sharpest|steepest"
    r"|worst|widest|narrowest|deepest|least)"
)

_PATTERNS: tuple[tuple[str, Callable[[re.Match[str]], Wording]], ...] = (
    (rf"{_VAGUE}\b(?P<word>doubl(?:ed|ing|es?)(?!-| taxation|-digit| digit| down\b)|trebl(?:ed|ing|e)"
     r"|tripl(?:ed|ing|es?)|quadrupl(?:ed|ing|es?)|quintupl(?:ed|ing|es?)|halv(?:ed|ing|es?)|twice|thrice"
     r"|(?:two|three|four|five|six|seven|eight|nine|ten)-?fold)\b", _multiple),
    (rf"\b(?:for\s+(?:the\s+)?)?(?:(?P<n>{_COUNT})|(?P<o>{_ORDINAL}))\s+(?:consecutive|straight|successive"
         rf"|running|uninterrupted)\s+"
     rf"{_UNIT}\b", _streak),
    (rf"\b(?:(?P<n>{_COUNT})|(?P<o>{_ORDINAL}))\s+{_UNIT}\s+(?:in\s+a\s+row|running|straight|consecutively"
         rf"|in\s+succession|on\s+end"
     r"|in\s+sequence)\b", _streak),
    (rf"\b(?:this|it|2[0-9]{{3}})\s+(?:is|was|marks|marked"
         rf"|became)\s+(?:now\s+)?the\s+(?P<n>)(?P<o>{_ORDINAL})\s+{_UNIT}\b", _streak),
    (rf"\bfor\s+(?:(?:the|a)\s+)?(?!(?:first|second|third|fourth)\s+quarter)(?P<n>)(?P<o>{_ORDINAL})\s+{_UNIT}\b",
     _streak),
    (r"\b(?:one\s+of|among)\s+(?:the\s+|its\s+)?(?P<s>top)[- ](?P<n>[0-9]{1,2}|three|four|five|ten"
         r"|twenty)\b", _one_of_top),
    (r"\b(?P<s>in|into|enter(?:ed|s)?)\s+(?:the\s+)?top[- ](?P<n>[0-9]{1,2}|three|four|five|ten"
         r"|twenty)\b", _one_of_top),
    (rf"\b(?:(?P<o>{_ORDINAL})[-\s]+)?(?P<best>{_BEST})\b", _rank),
    (rf"\b(?P<o>{_ORDINAL})[-\s]+(?P<best>major|key|important)\b", _rank),
    (r"\b(?:[Nn]umber|[Nn]o\.?)[- ]?(?P<n>one|two|three|four|five|six|seven|eight|nine|ten"
         r"|[1-9][0-9]?)\b", _number_rank),
    (rf"\b(?:ranked|ranks|ranking|came|comes|coming|placed|places|stood|stands|took|takes|taking|occupied"
         rf"|occupies|holds|held"
     rf"|finished|was|were|is|are|remained|became|become|becoming|claimed|secured|followed)\s+"
     rf"(?:(?:now|only|still|again|already|currently|thus|even|just|then|once\s+(?:more|again)|"
     rf"no\s+more\s+than|at\s+(?:best|most))\s+)?(?:in\s+)?(?:the\s+"
          rf"|its\s+)?(?:no\.?\s?)?(?P<o>{_ORDINAL})"
     r"(?:\s+(?:place|position|spot|slot|rank|line))?\b(?!\s+(?:year|month|quarter|half|time|largest|biggest|day|week"
          r"|consecutive|straight))",
     _order),
    (rf"\bin\s+(?:the\s+)?(?P<o>{_ORDINAL})\s+(?:place|position|spot)\b", _order),
    (rf"\b(?P<o>{_ORDINAL})-(?:ranked|ranking|placed)\b", _order),
    (rf"\bin\s+(?P<o>{_ORDINAL})(?=\s+(?:with|at)\b|\s*\()", _order),
    (rf"\b(?:the\s+)?(?P<o>{_ORDINAL})\s+(?:place|position|spot|rank|line|slot)\b(?!\s+in\s+a\s+row)", _order),
    (rf"\b(?:the\s+)?(?P<o>{_ORDINAL})(?=\s+and\s+{_ORDINAL}\s+(?:places|positions|spots|ranks)\b)", _order),
    (rf"\b(?P<o>{_ORDINAL})\s+(?:places|positions|spots|ranks)\b", _order),
    (rf",\s+then\s+(?P<o>{_ORDINAL})(?=[.,;])", _order),
    (r"\b(?:in|on|at|takes?|took|holds?|held|occup(?:ies|ied))\s+(?P<s>(?:place|position|rank)\s+"
     r"(?:(?:no|number)\.?\s?)?(?P<n>[0-9]{1,2}))\b(?!\s*(?:%|percent|million|billion))", _numbered),
    (rf"(?:\A|(?<=[.;,!?]\s)|(?<=\n)|\band\s+)(?P<o>{_ORDINAL})\s+(?:was|were|is|came|comes|went|goes|ranked"
         rf"|stood)\b", _order),
    (r"\b(?P<s>led|leads|topped|tops|headed|heads|leading)\s+(?:with|the\s+(?:list|ranking|rankings|region|table"
         r"|way|group|pack|field|top)"
     r"|in\s+(?:trade|terms|turnover|exports|imports)|all|among|at)\b", _lead),
    (r"\b(?:is|was|are|were|remains|remained|took|takes|stayed|stays|be)\s+(?:firmly\s+"
         r"|again\s+)?(?P<s>in\s+the\s+lead|the\s+lead(?:er)?"
     r"|on\s+top|at\s+the\s+top|ahead\s+of\s+all|the\s+undisputed\s+leader|the\s+front-?runner)\b", _lead),
    (r"\b(?:became|remains|remained|is|was)\s+(?P<s>(?:the\s+)?leader)\b", _lead),
    (r"\b[Tt]he\s+(?:\w+\s+)?(?P<s>leader)\b(?!\s+of\b(?!\s+(?:the\s+)?(?:list|ranking|rating)))"
     r"(?=[^.;]{0,90}?\b(?:is|was|remains|remained|became|becomes)\s+[A-Z])", _lead),
    (r"\b(?:is|was|are|were)\s+(?P<s>headed|topped|led)\s+by\b", _lead),
    (r"\b(?:supplied|supplies|bought|buys|sold|sells|imported|imports|exported|exports|purchased|received|delivered"
         r"|shipped)\s+(?P<s>the\s+most)\b(?!\s+[a-z]+\s+(?:of|goods|products)\b)", _lead),
    (r"(?P<s>\btop\s+(?:place|position|spot|slot))\b", _lead),
    (r"\b(?:came|comes|coming|was|were|is|are)\s+(?:in\s+)?(?P<s>next)\b", _next),
    (r"(?:\A|(?<=[.;!?]\s)|(?<=\n))(?P<s>Next)\s+(?:came|comes|was|were|is|are)\b", _next),
    (r"(?P<s>\b(?:an?\s+)?(?:all[- ]time|historic(?:al)?)\s+(?:(?:monthly|quarterly|annual|yearly)\s+)?"
     r"(?:high|low|maximum|minimum|peak|record))", _record),
    (rf"(?P<s>\b{_COUNT}[- ](?:year|month|quarter|decade)\s+(?:high|low|peak|maximum|minimum|record))", _record),
    (rf"(?P<s>\b{_MANY}(?:\s+(?!{_NO_RECORD})[a-z-]+){{0,4}}"
     rf"(?:\s+of\s+(?:trade|turnover|exports|imports|deliveries|shipments))?\s+{_SPAN_OF_TIME})", _record),
    (rf"(?P<s>\b(?:not\s+(?:been\s+)?|un)seen\s+{_SPAN_OF_TIME})", _record),
    (r"(?P<s>\b(?:year|month|quarter|decade|season)(?:'s|-to-date)\s+(?:high|low|peak|maximum|minimum))\b", _record),
    (r"\b(?:broke|breaks|broken|breaking|beat|beats|smashed|shattered)\s+(?:all\s+|its\s+|the\s+)?(?:previous\s+)?"
     r"(?P<s>records?)\b", _record),
    (rf"(?P<s>\b(?:the\s+)?first\s+(?:[a-z-]+\s+){{0,4}}{_SPAN_OF_TIME})", _record),
    (rf"(?P<s>\bfor\s+the\s+first\s+time(?:\s+{_SPAN_OF_TIME})?)", _record),
    (r"(?P<s>\b(?:new|fresh)\s+(?:record(?:\s+(?:high|low))?|high|peak|maximum|low))\b", _record),
    (r"(?<!on )(?<!to )(?<!track )(?P<s>\brecord(?:[- ](?:high|low|breaking|setting|level))?)\b(?!s|ed|ing|-keeping"
     r"|\s+(?:(?:a|an|the|its|their)\b|of\s+(?!\$|[0-9]|over|more|about|nearly|almost|USD|US)|growth|harvest"
          r"|crop|investment))", _record),
    (r"(?P<s>\bsince\s+at\s+least\s+(?:19|20)[0-9]{2})", _record),
    (r"(?P<s>\b(?:the\s+)?(?:most|highest|largest)\s+ever)\b", _record),
    (r"(?P<s>\b(?:highest|largest|fastest|biggest|sharpest|strongest|steepest|lowest|smallest|greatest"
         r"|most\s+substantial|most\s+significant))"
     r"\s+(?:(?:percentage|year-on-year|annual|relative|trade|total|in|overall|monthly|bilateral"
          r"|foreign)\s+){0,3}(?P<what>increase|growth|rise|gain|gains"
     r"|jump|leap|surge|plunge|slump|imbalance|decline|drop|fall|decrease|surplus|deficit|share|volume|turnover|growth\s+rate|rate"
          r"|reduction)\b(?!\s+partners?)", _fastest),
    (rf"\b{_HAS}\s+(?P<s>(?:an?\s+|the\s+|its\s+)?(?:[a-z-]+\s+){{0,3}}?{_BALANCE})", _sign),
    (r"\b(?P<s>(?P<what>trade balance) in (?:its|their) favou?r)\b", _sign),
    (rf"(?P<s>\bonly)\b(?:[^.;]|\.(?=[0-9])){{0,120}}?\b{_BALANCE}", _only),
    (r"(?P<s>\bnothing(?:\s+at\s+all)?|\bno\s+(?:shipments|imports|exports|deliveries|purchases|supplies|cargoes"
         r"|soybeans|arrivals)"
     r"|\bfell\s+to\s+zero|\bdropped\s+to\s+zero|\bwere\s+zero|\bzero\s+(?:shipments|imports|exports|purchases"
          r"|cargoes|arrivals)|\bnone)\b", _none),
)  # fmt: skip
_CASED = {_number_rank}
_COMPILED = tuple((re.compile(pattern, 0 if make in _CASED else re.I), make) for pattern, make in _PATTERNS)
_ORDER_OF_SORTS = ("streak", "record", "fastest", "among", "rank", "order", "lead", "next", "multiple", "sign", "none")


def wordings(text: str, start: int, end: int) -> list[Wording]:
    """The statements without a printed number in a stretch of a reading.

    Args:
        text: the reading's text.
        start: where to begin.
        end: where to stop.

    Returns:
        The statements in order; where two overlap, the surer sort is kept ("10-year low" over "low").
    """
    found = sorted(_all(text, start, end), key=lambda w: (_ORDER_OF_SORTS.index(w.sort), w.start, -w.end))
    kept: list[Wording] = []
    for each in found:
        if all(each.end <= other.start or each.start >= other.end for other in kept):
            kept.append(each)
    return sorted(kept)


def _all(text: str, start: int, end: int) -> Iterator[Wording]:
    for pattern, make in _COMPILED:
        for match in pattern.finditer(text, start, end):
            if match.end() > match.start():
                yield make(match)

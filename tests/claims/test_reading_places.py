"""Places in rankings and records, in the ways in which agencies and offices tell them."""

from __future__ import annotations

import pytest

from khorgos.claims.extraction.extract import extract

DAY = "2024-03-20"

#: Text, and for each place in it: owner of the ranking, partner or good, flow, place.
PLACES = [
    (
        "As a destination of Tajik exports China is second largest, with 25.2 percent of the total.",
        ["TJK CHN export 2"],
    ),
    (
        "In 2022 Uzbekistan had traded $9.4 billion with Russia and a little over $9 billion with China, then second.",
        ["UZB CHN total 2"],
    ),
    (
        "The trade of Uzbekistan with China was $13 billion in 2023. The second line of the ranking belongs to Russia, "
        "whose turnover was about $9.9 billion.",
        ["UZB RUS total 2"],
    ),
    (
        "China imported 5 million tonnes of coal from Mongolia in 2023. The primary exporter of coal to China was "
        "Indonesia, with 20 million tonnes.",
        ["CHN IDN import 1"],
    ),
    (
        "Kazakhstan exported 9.1 million tons of coal in 2022. The main importing country was Switzerland: 3.3 million "
        "tons. In the second and third places are Poland and Cyprus, respectively.",
        ["KAZ CHE export 1", "KAZ POL export 2", "KAZ CYP export 3"],
    ),
    (
        "In 2019 ASEAN left the United States behind and is now second among the trading partners of China. The US has "
        "become third.",
        ["CHN ASEAN total 2", "CHN USA total 3"],
    ),
    (
        "China's top trading partner in 2019 was the European Union again, bilateral trade being up 8%, and with "
        "Japan, their fourth largest, trade was up 0.4%. ASEAN is now number two for China.",
        ["CHN EU total 1", "CHN JPN total 4", "CHN ASEAN total 2"],
    ),
    (
        "Among the importers of wine from Georgia Russia ranked first from January 2022 through February 2022.",
        ["GEO RUS export 1"],
    ),
    ("As an importer of wheat from Kazakhstan Tajikistan ranks second globally.", ["KAZ TJK export 2"]),
    (
        "The top spot in the overall foreign trade turnover of Tajikistan belongs to Russia, with $800 million.",
        ["TJK RUS total 1"],
    ),
    (
        "China exported goods for $122 billion to Africa in 2023. The leader on the continent in the purchase of "
        "Chinese products is Nigeria, with 11% of the total.",
        ["CHN NGA export 1"],
    ),
    (
        "Kazakhstan exported 4 million tonnes of wheat in 2023. Uzbekistan has received the largest volume - 1.976 "
        "million tons.",
        ["KAZ UZB export 1"],
    ),
    ("Of corn, too, Brazil supplied the most to China, 3.22 million tonnes in November 2023.", ["BRA CHN export 1"]),
    (
        "In 2019 China was Kazakhstan's number five supplier. Turkey was in place 4 among the importers.",
        ["KAZ CHN import 5", "KAZ TUR export 4"],
    ),
    (
        "Exports of Georgia were $5.6 billion in 2023. Copper ores topped the list with $1.02 billion. On the third "
        "place are ferroalloys at $58.2 million.",
        ["GEO WLD export 1", "GEO WLD export 3"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), PLACES, ids=[text[:40] for text, _ in PLACES])
def test_a_place_has_its_ranking(text: str, expected: list[str]) -> None:
    places = [c for c in extract(text, date=DAY) if c.kind == "rank"]

    assert [f"{c.reporter_id} {c.partner_id} {c.flow} {c.value:g}" for c in places] == expected


#: Text, and for each record: its words, the flow, the amount that is the record, its unit.
RECORDS = [
    (
        "Coking coal imports of China at year's low\nIn September 2012 2.42 million tonnes of coking coal were "
        "imported by China, the lowest so far this year.",
        [("year's low", "import", 2.42e6, "tonne"), ("lowest so far this year", "import", 2.42e6, "tonne")],
    ),
    (
        "With exports at a record and oil cheaper, the U.S. trade deficit in June was the lowest since 2010. It came "
        "down to $42.9 billion in June 2023. Exports were up 0.9 percent at $184.97 billion.",
        [("record", "export", 184.97e9, "USD"), ("lowest since 2010", "balance", -42.9e9, "USD")],
    ),
    (
        "In January 2024 the U.S. trade gap was $36.0 billion. It was the narrowest monthly one since October 2022.",
        [("narrowest monthly one since October 2022", "balance", -36e9, "USD")],
    ),
    (
        "From January to August 2023 China and ASEAN traded 4.93 trillion yuan worth of goods. This is a historic high "
        "and an increase of 9.7 percent year-on-year.",
        [("a historic high", "total", 4.93e12, "CNY")],
    ),
    (
        "In January 2024 China imported 400,000 tons of cotton, a monthly total not seen since 2013.",
        [("not seen since 2013", "import", 400e3, "tonne")],
    ),
    (
        "The mutual trade of Armenia and Russia broke records last year with the $5 billion mark.",
        [("records", "total", 5e9, "USD")],
    ),
    (
        "Japan's exports fell 1.7 percent in July 2023 to 8.13 trillion yen, the first drop in eight months.",
        [("the first drop in eight months", "export", -1.7, "percent")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), RECORDS, ids=[text[:40] for text, _ in RECORDS])
def test_a_record_is_worth_its_level(text: str, expected: list[tuple[str, str, float, str]]) -> None:
    records = [c for c in extract(text, date=DAY) if c.kind == "record"]

    assert [(c.surface, c.flow, c.value, c.unit) for c in records] == expected

"""Numbers as they are printed, and what kind of statement each is: sentences with the slots of each number."""

from __future__ import annotations

import pytest

from khorgos.claims.extraction.extract import extract

DAY = "2024-03-20"

#: Text, and for each number: its words, kind, value, unit.
VALUES = [
    (
        "Exports to China were $32.7 billion, imports $2.03 billion; 6 billion 840.4 million dollars went to Russia.",
        [
            ("$32.7 billion", "level", 32_700_000_000.0, "USD"),
            ("$2.03 billion", "level", 2_030_000_000.0, "USD"),
            ("6 billion 840.4 million dollars", "level", 6_840_400_000.0, "USD"),
        ],
    ),
    (
        "Vietnam's exports to China reached $6,6 billion. The two countries traded $106,706 billion in 2018.",
        [("$6,6 billion", "level", 6.6e9, "USD"), ("$106,706 billion", "level", 106.706e9, "USD")],
    ),
    (
        "Trade between Vietnam and China was $106,706 billion in 2018.",
        [("$106,706 billion", "level", 106.706e9, "USD")],
    ),
    (
        "Uzbekistan exported 6,645 tonnes of cotton worth $12,345 million to China.",
        [("6,645 tonnes", "quantity", 6645.0, "tonne"), ("$12,345 million", "level", 12_345_000_000.0, "USD")],
    ),
    (
        "In 2023 exports of Uzbekistan to China grew by %42 (about $1.5 billion) against the previous year.",
        [("%42", "growth", 42.0, "percent"), ("about $1.5 billion", "difference", 1.5e9, "USD")],
    ),
    (
        "Exports of plastics of Kyrgyzstan went up by 16, 3%, of cars by 9.8%.",
        [("16, 3%", "growth", 16.3, "percent"), ("9.8%", "growth", 9.8, "percent")],
    ),
    (
        "US imports of apparel were down by more than a fifth month-on-month in May. Exports to China shrank by nearly "
        "a third and came to $3 billion.",
        [
            ("more than a fifth", "growth", -20.0, "percent"),
            ("nearly a third", "growth", -33.333, "percent"),
            ("$3 billion", "level", 3e9, "USD"),
        ],
    ),
    (
        "In 2018 China imported 16.6 million tons of soya from the U.S., about half of the 32.9 million tons of 2017.",
        [
            ("16.6 million tons", "quantity", 16.6e6, "tonne"),
            ("about half", "ratio_multiple", 0.5, "times"),
            ("32.9 million tons", "quantity", 32.9e6, "tonne"),
        ],
    ),
    (
        "China imported 4.73 million mt of corn in 2015; volumes fell to 194,558, after 1.89 million mt in Q3 2015.",
        [
            ("4.73 million mt", "quantity", 4.73e6, "tonne"),
            ("194,558", "quantity", 194_558.0, "tonne"),
            ("1.89 million mt", "quantity", 1.89e6, "tonne"),
        ],
    ),
    (
        "We speak of some $64-$65 billion of trade between Russia and India.",
        [("some $64-$65 billion", "level", None, "USD")],
    ),
]

#: Text, and for each number: its words, kind, value. What makes a change, a share or a target of it.
KINDS = [
    (
        "The committee puts turnover of Azerbaijan at $7.94 billion in January 2024, by $3.54 billion (44.58 percent) "
        "above January 2023.",
        [
            ("$7.94 billion", "level", 7.94e9),
            ("$3.54 billion", "difference", 3.54e9),
            ("44.58 percent", "growth", 44.58),
        ],
    ),
    (
        "In 2023 the turnover of Uzbekistan grew by 24% against the previous year, in money by more than $12 billion.",
        [("24%", "growth", 24.0), ("more than $12 billion", "difference", 12e9)],
    ),
    (
        "In 2023 trade of Azerbaijan and China made $748.8 million. The increase is an impressive $123.8 million.",
        [("$748.8 million", "level", 748.8e6), ("$123.8 million", "difference", 123.8e6)],
    ),
    (
        "The U.S. trade deficit amounted to $68.9 billion in February, $1.3 billion over the revised $67.6 billion of "
        "January.",
        [
            ("$68.9 billion", "balance", -68.9e9),
            ("$1.3 billion", "difference", 1.3e9),
            ("$67.6 billion", "balance", -67.6e9),
        ],
    ),
    (
        "U.S. exports were $257.8 billion or 17.5 percent lower in 2023, imports $251.3 billion or 13.8 percent.",
        [
            ("$257.8 billion", "difference", -257.8e9),
            ("17.5 percent", "growth", -17.5),
            ("$251.3 billion", "difference", -251.3e9),
            ("13.8 percent", "growth", -13.8),
        ],
    ),
    (
        "China's imports from Brazil rose to 113,000 tons in August 2023, yet only 1,420 tons were added since July.",
        [("113,000 tons", "quantity", 113e3), ("only 1,420 tons", "difference", 1420.0)],
    ),
    (
        "China's imports from the US, customs data show, declined as well, by 16% year-over-year in August 2023.",
        [("16%", "growth", -16.0)],
    ),
    (
        "Of the commodities that Tajikistan imported in 2023, 30.9 percent were Russian. Kazakhstan sold 12 percent "
        "and after it China, 11.5 percent.",
        [("30.9 percent", "share", 30.9), ("12 percent", "share", 12.0), ("11.5 percent", "share", 11.5)],
    ),
    (
        "Of the total exports of Tajikistan in 2023 23.4 percent fall on Switzerland and 19.6 percent on Turkey.",
        [("23.4 percent", "share", 23.4), ("19.6 percent", "share", 19.6)],
    ),
    (
        "The bulk of the trade turnover of Kazakhstan and Uzbekistan in 2023, 72.5 percent, was made up of exports.",
        [("72.5 percent", "share", 72.5)],
    ),
    (
        "A mutual trade turnover of $10 billion is what Kazakhstan and Uzbekistan are going to reach. China is to buy "
        "additional U.S. goods for $77 billion.",
        [("$10 billion", "target", 10e9), ("$77 billion", "target", 77e9)],
    ),
    (
        "Exports of Uzbekistan to China were $2 billion in 2023. The production of gas in Uzbekistan amounted to 46.7 "
        "billion cubic meters in 2023, a decline of 9.6%, or 4.97 billion cubic meters.",
        [("$2 billion", "level", 2e9)],
    ),
]


@pytest.mark.parametrize(("text", "expected"), KINDS, ids=[text[:40] for text, _ in KINDS])
def test_the_words_around_tell_the_kind(text: str, expected: list[tuple[str, str, float]]) -> None:
    assert [(c.surface, c.kind, c.value) for c in extract(text, date=DAY)] == expected


@pytest.mark.parametrize(("text", "expected"), VALUES, ids=[text[:40] for text, _ in VALUES])
def test_numbers_are_worth_what_is_printed(text: str, expected: list[tuple[str, str, float | None, str]]) -> None:
    assert [(c.surface, c.kind, c.value, c.unit) for c in extract(text, date=DAY)] == expected


#: Text, and for each number of its list: words, kind, partner, value, unit, base period.
LISTS = [
    (
        "China imported 2.42 million tonnes of coking coal in September 2012.\nTop suppliers\n"
        "(million tonnes, month-on-month change)\nMongolia: 1, 21.1%\nAustralia: 0.45, -25.9%\nNew Zealand: 0.18, N/A",
        [
            ("2.42 million tonnes", "quantity", "WLD", 2.42e6, "tonne", None),
            ("1", "quantity", "MNG", 1e6, "tonne", None),
            ("21.1%", "growth", "MNG", 21.1, "percent", "2012-08"),
            ("0.45", "quantity", "AUS", 0.45e6, "tonne", None),
            ("-25.9%", "growth", "AUS", -25.9, "percent", "2012-08"),
            ("0.18", "quantity", "NZL", 0.18e6, "tonne", None),
        ],
    ),
    (
        "Exports of Kazakhstan fell in 2023. Change on the year before, by destination:\nChina = -3.4%\nItaly = 5%",
        [
            ("-3.4%", "growth", "CHN", -3.4, "percent", "2022"),
            ("5%", "growth", "ITA", 5.0, "percent", "2022"),
        ],
    ),
    (
        "In 2023 the trade turnover of Uzbekistan rose. Shares of the main partners in turnover:\n- China: 18.9%\n"
        "- Russia: 17.6%",
        [("18.9%", "share", "CHN", 18.9, "percent", None), ("17.6%", "share", "RUS", 17.6, "percent", None)],
    ),
    (
        "Exports of wheat from Kazakhstan in 2023, thousand tonnes:\nUzbekistan: 3,880\nIran: 54",
        [("3,880", "quantity", "UZB", 3.88e6, "tonne", None), ("54", "quantity", "IRN", 54e3, "tonne", None)],
    ),
    (
        "Georgia's imports in January 2024 (mln USD)\nTurkey - 197.4\nRussia - 150",
        [("197.4", "level", "TUR", 197.4e6, "USD", None), ("150", "level", "RUS", 150e6, "USD", None)],
    ),
]


@pytest.mark.parametrize(("text", "expected"), LISTS, ids=[text[:40] for text, _ in LISTS])
def test_a_caption_says_what_its_list_lists(text: str, expected: list[tuple[object, ...]]) -> None:
    read = [(c.surface, c.kind, c.partner_id, c.value, c.unit, c.base_period) for c in extract(text, date=DAY)]

    assert read == expected

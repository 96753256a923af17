"""Which period a number of prose is of: sentences in the turns of phrase of offices, agencies and portals."""

import re
import textwrap

import pytest

from khorgos.claims.claim import Claim
from khorgos.claims.extraction.extract import extract

_MARK = re.compile(r"\[\[([^|\]]*)\|([^\]]*)\]\]")

_SENTENCES = [
    # A running total told of a day, or of the end of a month, counts from January on.
    (
        "2024-09-21",
        "By September 1 the foreign trade turnover of Uzbekistan had reached [[$42.7 billion|2024-01..2024-08]], "
        "the Statistics Agency reports. Exports were [[$17.34 billion|2024-01..2024-08]].",
    ),
    (
        "2024-10-21",
        "As of October 1, 2024, Kazakhstan had exported [[3.2 million tons|2024-01..2024-09]] of wheat.",
    ),
    (
        "2024-01-21",
        "As of January 1, trade turnover of Armenia and Russia was [[$7 billion|2023]].",
    ),
    (
        "2023-06-21",
        "Exports of Kyrgyzstan had reached [[$900 million|2023-01..2023-05]] by the end of May 2023, "
        "up [[12%|2023-01..2023-05]] on the year.",
    ),
    (
        "2024-08-21",
        "Since January through the end of July Kazakhstan exported [[2 million tons|2024-01..2024-07]] of flour.",
    ),
    # What follows from an older figure is growth of the period in question.
    (
        "2026-01-04",
        "From January to November 2025 trade of Uzbekistan with China was [[$14.6 billion|2025-01..2025-11]]. The "
        "National Statistics Committee had [[$11.2 billion|2024-01..2024-11]] for the same period of 2024, so that it "
        "has become [[30.4%|2025-01..2025-11]] larger.",
    ),
    (
        "2026-01-04",
        "From January to November 2025 trade of Uzbekistan with China was $14.6 billion. The corresponding figure for "
        "2024 was [[$11.2 billion|2024-01..2024-11]]; the growth thus amounts to [[30.4%|2025-01..2025-11]].",
    ),
    # The time of what a number is compared with is not its own.
    (
        "2024-01-22",
        "Natural gas worth [[$563.54 million|2023]] was exported from Uzbekistan to China in 2023. That is nearly "
        "[[50%|2023]] below the volume of 2022, [[$1.07 billion|2022]], and [[41.7%|2023]] below the figure of 2021, "
        "[[$799 million|2021]].",
    ),
    (
        "2024-01-22",
        "Kazakhstan exported $78.7 billion of goods in 2023. Against the volume of 2022 this is a drop of "
        "[[6.9%|2023]].",
    ),
    (
        "2023-09-30",
        "From January to July 2023 exports of Uzbekistan to the EU were [[300 million euros|2023-01..2023-07]], a "
        "[[34%|2023-01..2023-07]] decline against the respective months of 2022, with their "
        "[[471.21 million euros|2022-01..2022-07]].",
    ),
    (
        "2023-09-30",
        "In January-August 2023 Georgia imported goods worth [[$1.2 billion|2023-01..2023-08]] from Turkey, while a "
        "year earlier it was [[$1.0 billion|2022-01..2022-08]].",
    ),
    # Two years and what is compared between them.
    (
        "2025-06-17",
        "From 2017 to 2024 trade turnover of Uzbekistan and China grew [[2.6 times|2024]] from [[$4.8 billion|2017]] "
        "to [[$12.5 billion|2024]]. Exports gained [[1.5%|2024]] and went from [[$2.03 billion|2017]] to "
        "[[$2.05 billion|2024]]. Imports expanded [[3.8 times|2024]] from [[$2.7 billion|2017]].",
    ),
    (
        "2024-06-17",
        "Trade between China and Georgia went up from [[US$25 million|2001]] to [[US$3.7 billion|2020]] in the period "
        "from 2001 to 2020.",
    ),
    (
        "2025-06-17",
        "From 2000 to 2008 EU exports to China went up to [[78 billion euro|2008]] in 2008 from [[26 bn|2000]] in "
        "2000, and imports to [[248 bn|2008]] from [[75 bn|2000]].",
    ),
    (
        "2025-06-16",
        "Trade of China with ASEAN grew from [[$8.36 billion|1991]] in 1991 to [[$685.28 billion|2020]] in 2020, an "
        "average annual growth of [[16.5 percent|1991..2020]].",
    ),
    (
        "2025-06-16",
        "From [[312.04 billion yuan|2013]] in 2013, trade of China with Central Asia had risen to "
        "[[674.15 billion yuan|2024]] in 2024. This is [[116 percent|2024]] more, or [[7.3 percent|2013..2024]] per "
        "year on average.",
    ),
    # Amounts in brackets go by the bracket that told its time.
    (
        "2024-01-22",
        "The primary exporter of gas to China was Russia, with [[$11.56 billion|2023]] in 2023 "
        "([[$10.8 billion|2022]] in 2022). In second place comes Turkmenistan with [[$9.6 billion|2023]] "
        "([[$10.2 billion|2022]]), and after it Indonesia with [[$2.66 billion|2023]] ([[$2.96 billion|2022]]).",
    ),
    (
        "2024-02-22",
        "In 2023 Azerbaijan exported to Italy goods for [[$15.2 billion|2023]] (in 2022 - [[$17.8 billion|2022]]), to "
        "Turkey for [[$5.5 billion|2023]] ([[$3.6 billion|2022]]).",
    ),
    # Bases in brackets, and times told after other figures.
    (
        "2017-04-19",
        "Among the major trading partners of Tajikistan over the first quarter were: Russia - more than "
        "[[221 million U.S. dollars|2017-01..2017-03]] ([[3.4 percent|2017-01..2017-03]] up on the same period last "
        "year) and Kazakhstan - some [[193 million U.S. dollars|2017-01..2017-03]].",
    ),
    (
        "2022-04-13",
        "In January-February 2022 Georgia exported wine for [[$33.1 million|2022-01..2022-02]]. Its share was "
        "[[4.4%|2022-01..2022-02]] of exports, below that of a year earlier ([[4.7%|2021-01..2021-02]]).",
    ),
    (
        "2025-03-27",
        "While January exports of Georgia had increased by [[10.3%|2025-01]], those of February were [[7%|2025-02]] "
        "lower, which leaves growth of [[4%|2025-01..2025-02]] for the two months.",
    ),
    (
        "2020-11-02",
        "In the first nine months of 2020 Azerbaijan imported [[45,800 tons|2020-01..2020-09]] of rice. Last year's "
        "corresponding period had seen [[35,800 tons|2019-01..2019-09]] at a cost of "
        "[[$29.9 million|2019-01..2019-09]].",
    ),
    (
        "2018-02-08",
        "China took in [[8.48 million mt|2018-01]] of soybeans in January, more than the [[7.66 million mt|2017-01]] "
        "of January 2017, if less than the [[9.5 million mt|2017-12]] that arrived in December 2017.",
    ),
    (
        "2021-03-19",
        "China imported [[4.8 million tons|2021-01..2021-02]] of corn in the first two months of 2021. Imports of "
        "sorghum quadrupled to [[1.4 million tons|2021-01..2021-02]], and with [[690,000 tons|2021-01]] the January "
        "total was the largest since 2017.",
    ),
    # What is told by the way does not change the period in question.
    (
        "2025-12-08",
        "In November exports of China rose [[5.9%|2025-11]] to [[$330.3 billion|2025-11]]; in October they had lost "
        "[[1.1%|2025-10]]. This brought the surplus of the first eleven months to "
        "[[$1.08 trillion|2025-01..2025-11]], above the [[$992 billion|2024]] of the whole of 2024. Imports gained "
        "[[1.9%|2025-11]] to [[$218.6 billion|2025-11]], after [[2%|2025-10]] in the previous month.",
    ),
    # Averages of the news run over three months.
    (
        "2024-03-12",
        "In February the trade deficit of the United States was [[$68.9 billion|2024-02]]. The three-month moving "
        "average of the deficit rose to [[$66.9 billion|2023-12..2024-02]].",
    ),
    # The other flow, and the same figure as first estimated, are of the same time.
    (
        "2024-02-12",
        "China sold Kazakhstan goods worth [[$24.7 billion|2023]] in 2023, compared with [[$16.3 billion|2023]] in "
        "imports.",
    ),
    (
        "2024-02-12",
        "In 2023 Kazakhstan exported goods worth [[$78.7 billion|2023]], compared with [[$84.6 billion|2022]] of "
        "exports a year before.",
    ),
    (
        "2010-01-12",
        "In November the US trade deficit grew to [[$36.4 billion|2009-11]]. For October, the revised deficit was "
        "[[$33.2 billion|2009-10]], more than the [[$32.9 billion|2009-10]] first estimated but still less than the "
        "[[$35.7 billion|2009-09]] of September.",
    ),
    (
        "2020-02-05",
        "In 2019 the US trade gap with the EU was [[$177.9 billion|2019]], [[5.5%|2019]] more than in 2018.\n\nAll in "
        "all the United States had a deficit of [[$866 billion|2019]] in goods, in 2018 it was "
        "[[$887.3 billion|2018]]. In services a surplus of [[$249.2 billion|2019]] was recorded, in 2018 "
        "[[$260 billion|2018]].",
    ),
    (
        "2022-05-04",
        "In March 2022 the trade deficit of the United States was [[$109.8 billion|2022-03]]. It rests on a goods "
        "deficit that grew from [[$68 billion|2020-03]] to [[$128 billion|2022-03]] in two years.",
    ),
    # A paragraph wholly of an earlier time may be gone on with.
    (
        "2022-07-15",
        "From January to May 2022 trade of Uzbekistan with Turkmenistan reached [[$350 million|2022-01..2022-05]].\n\n"
        "In 2021 it was [[$882 million|2021]]. The main goods that Uzbekistan exported to Turkmenistan in 2021 were "
        "services ([[$96.8 million|2021]]), food ([[$14.1 million|2021]]) and chemicals ([[$55.7 million|2021]]).\n\n"
        "From Turkmenistan Uzbekistan imported mostly oils ([[$649.6 million|2021]]).",
    ),
]


@pytest.mark.parametrize(("day", "marked"), _SENTENCES)
def test_each_number_is_of_the_period_that_its_sentence_means(day: str, marked: str) -> None:
    text = _MARK.sub(lambda mark: mark[1], marked)
    read = {text[slice(*claim.value_span)]: claim.period for claim in extract(text, date=day)}
    for words, period in _MARK.findall(marked):
        found = [told for surface, told in read.items() if words in surface]
        assert found == [period], f"{words} of {text}"


@pytest.mark.parametrize(
    "text",
    [
        "As of October 1 the United States will raise its tariff on imports from China to 30 percent.",
        "The additional duty of 25% on Chinese goods applies as of September 1, 2019.",
    ],
)
def test_the_day_of_a_duty_stays_a_day(text: str) -> None:
    (claim,) = (c for c in extract(text, date="2019-08-24") if c.kind == "tariff_rate")
    assert claim.period in ("2019-10-01", "2019-09-01")


def test_what_is_to_come_by_a_day_is_no_running_total() -> None:
    (claim,) = extract("By the end of May, exports of Kazakhstan to China should reach $5 billion.", date="2024-05-02")
    assert claim.period == "2024-05"


def test_lines_broken_at_a_width_are_read_as_their_paragraphs() -> None:
    paragraphs = [_MARK.sub(lambda mark: mark[1], marked) for day, marked in _SENTENCES if day == "2024-01-22"]
    whole = extract("\n".join(paragraphs), date="2024-01-22")
    broken = extract("\n".join(textwrap.fill(text, 66) for text in paragraphs), date="2024-01-22")
    assert [_read(claim) for claim in broken] == [_read(claim) for claim in whole]
    assert len(whole) > 4


def _read(claim: Claim) -> tuple[object, ...]:
    words = " ".join(claim.surface.split())
    return words, claim.kind, claim.value, claim.period, claim.reporter, claim.partner, claim.flow

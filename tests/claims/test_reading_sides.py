"""Whose trade a number is of, with whom and which way: one sentence or two for each way to say it."""

from __future__ import annotations

import pytest

from khorgos.claims.extraction.extract import extract

#: Text, then for each number that matters: its words, and reporter, partner and flow, "-" where nothing tells.
SIDES = [
    (
        "Of the volume of trade of Central Asia with China, $30.1 billion (49.5%) fell on Kazakhstan, $12.5 billion "
        "(20.6%) on Uzbekistan and $2.0 billion (3.2%) on Tajikistan.",
        {"$30.1 billion": "KAZ CHN total", "20.6%": "UZB CHN total", "3.2%": "TJK CHN total"},
    ),
    (
        "Of the turnover of each country in 2024, trade with China made up 21.3% in Kazakhstan, 34.8% in Kyrgyzstan "
        "and 60.3% in Turkmenistan.",
        {"34.8%": "KGZ CHN total", "60.3%": "TKM CHN total"},
    ),
    (
        "China had a share of 18.9% in the total trade turnover of Uzbekistan in 2024, of 26.8% in its imports, and of "
        "7.6% in its exports.",
        {"18.9%": "UZB CHN total", "26.8%": "UZB CHN import", "7.6%": "UZB CHN export"},
    ),
    (
        "Uzbekistan traded with 182 countries. In Uzbekistan, China had a turnover share of 21.3% (worth $12.23bn).",
        {"21.3%": "UZB CHN total", "$12.23bn": "UZB CHN total"},
    ),
    (
        "The share of China in Kazakhstan's foreign trade was 21.3%. That of Russia was 18.6% ($18.9bn).",
        {"18.6%": "KAZ RUS total", "$18.9bn": "KAZ RUS total"},
    ),
    (
        "The foreign trade turnover of Azerbaijan was $7.94 billion. Exports had a share of 75.16 percent in the "
        "turnover, versus 63.36 percent a year before. Imports were $1.9 billion. Their share in the turnover made up "
        "24.84 percent.",
        {"75.16 percent": "AZE WLD export", "63.36 percent": "AZE WLD export", "24.84 percent": "AZE WLD import"},
    ),
    (
        "Uzbekistan traded with Kyrgyzstan and China in 2023. With Kyrgyzstan and Tajikistan the trade turnover of "
        "Uzbekistan doubled, that with China was $13.7 billion.",
        {"$13.7 billion": "UZB CHN total"},
    ),
    (
        "In 2022 trade turnover of Uzbekistan and Kazakhstan was $5.0bn, an expansion of 29.8%.",
        {"$5.0bn": "UZB KAZ total", "29.8%": "UZB KAZ total"},
    ),
    (
        "Turnover came to $32.7bn in 2023, said Zhang Xiao, Beijing's envoy to Kazakhstan.",
        {"$32.7bn": "CHN KAZ total"},
    ),
    (
        "The top trade partner of Uzbekistan is China ($8.01 billion), which is also its largest supplier of goods "
        "($6.64 billion).",
        {"$8.01 billion": "UZB CHN total", "$6.64 billion": "UZB CHN import", "largest": "UZB CHN import"},
    ),
    (
        "Uzbekistan sold gas to China for $0.5 billion in 2023. The largest exporter of gas (pipeline as well as "
        "liquefied) to China was Russia, with $11.56 billion. In second place comes Turkmenistan with $9.6 billion.",
        {"$11.56 billion": "CHN RUS import", "$9.6 billion": "CHN TKM import"},
    ),
    (
        "Seen from the U.S., the trade deficit with China went up to $367 billion in 2015.",
        {"$367 billion": "USA CHN balance"},
    ),
    (
        "Brazil held 71% of China's soybean market in 2024, the United States 21%.",
        {"71%": "CHN BRA import", "21%": "CHN USA import"},
    ),
    (
        "China imported 111.83 million tons of soybeans in 2025. Brazil supplied 82.32 million tons of them. U.S. "
        "imports dropped 24% to 16.82 million tons.",
        {"82.32 million tons": "BRA CHN export", "24%": "CHN USA import", "16.82 million tons": "CHN USA import"},
    ),
    (
        "China imported 10.7 million tons of sorghum in 2015, most of it -- 8.97 million tons -- of U.S. origin, and "
        "602,848 tons came from Australia.",
        {"8.97 million tons": "CHN USA import", "602,848 tons": "CHN AUS import"},
    ),
    (
        "Chinese goods for $439bn were bought by the United States in 2024.",
        {"$439bn": "USA CHN import"},
    ),
    (
        "In the first six months of 2022 goods for $51.2 million went from Tajikistan to Afghanistan, 38 percent above "
        "last year.",
        {"$51.2 million": "TJK AFG export", "38 percent": "TJK AFG export"},
    ),
    (
        "In 2022 the countries of Central Asia traded with China for more than $32 billion.",
        {"$32 billion": "CA5 CHN total"},
    ),
    (
        "By the data of the Statistics Agency, Uzbekistan sold gas abroad for $529.9 million in 2023.",
        {"$529.9 million": "UZB WLD export"},
    ),
    (
        "At $168.1 billion, exports of the United States in July were $12.6 billion above those of June.",
        {"$168.1 billion": "USA WLD export", "$12.6 billion": "USA WLD export"},
    ),
    (
        "All exports of Tajikistan were over $1.2 billion, and its foreign trade turnover was more than $3.5 billion.",
        {"$1.2 billion": "TJK WLD export", "$3.5 billion": "TJK WLD total"},
    ),
]


@pytest.mark.parametrize(("text", "told"), SIDES, ids=lambda each: each[:40] if isinstance(each, str) else "")
def test_sides_are_told_in_many_ways(text: str, told: dict[str, str]) -> None:
    read = {}
    for claim in extract(text, date="2026-01-20"):
        words = text[claim.value_span[0] : claim.value_span[1]]
        found = f"{claim.reporter_id} {claim.partner_id} {claim.flow}"
        read.update({key: found for key in told if key in words and key not in read})

    assert read == told

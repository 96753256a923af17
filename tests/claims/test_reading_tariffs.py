"""Rates of duty as agencies, brokers, lawyers and chronicles word them: who lays them on whom, from which day."""

from __future__ import annotations

import pytest

from khorgos.claims.extraction.extract import extract

# Day of the article, sentence, and each rate with who lays it, whose goods bear it and its first day, in order.
SENTENCES = [
    (
        "2025-04-15",
        "The head of the United States said that goods from China will be taxed at 145% from April 10.",
        [("145%", "USA", "CHN", "2025-04-10")],
    ),
    (
        "2019-08-23",
        "For goods from China worth $250 billion the tax will be not 25% as now, but 30%, Trump wrote.",
        [("25%", "USA", "CHN", None), ("30%", "USA", "CHN", None)],
    ),
    (
        "2025-04-15",
        "Washington now charges 145 percent on goods from China, and Beijing 125 percent on those from America.",
        [("145 percent", "USA", "CHN", None), ("125 percent", "CHN", "USA", None)],
    ),
    (
        "2025-04-15",
        "Under IEEPA, products of Canada are subject to an additional duty of 25% effective March 4, 2025.",
        [("25%", "USA", "CAN", "2025-03-04")],
    ),
    (
        "2025-03-20",
        "Effective March 12, 2025, steel articles from all countries are subject to Section 232 duties of 25%.",
        [("25%", "USA", "World", "2025-03-12")],
    ),
    (
        "2025-04-10",
        "CBP will collect an ad valorem duty of 10 percent on products of all countries from April 5, 2025.",
        [("10 percent", "USA", "World", "2025-04-05")],
    ),
    (
        "2018-07-20",
        "On July 6, 2018 the U.S. began collecting a 25 percent duty on $34 billion of goods from China; "
        "China retaliated on the same day with 25 percent on U.S. goods of equal value.",
        [("25 percent", "USA", "CHN", "2018-07-06"), ("25 percent", "CHN", "USA", "2018-07-06")],
    ),
    (
        "2025-03-14",
        "The European Union will answer the American duties on steel with tariffs of up to 25 percent on "
        "U.S. goods worth 26 billion euros.",
        [("up to 25 percent", "EU27", "USA", None)],
    ),
    (
        "2025-03-10",
        "Canada hit back at once with 25 percent on C$30 billion of American goods.",
        [("25 percent", "CAN", "USA", None)],
    ),
    (
        "2025-03-10",
        "Ottawa has imposed tariffs of 25% on US goods worth C$30 billion.",
        [("25%", "CAN", "USA", None)],
    ),
    (
        "2025-08-10",
        "Brazilian coffee now faces a tariff of 50 percent in the United States.",
        [("50 percent", "USA", "BRA", None)],
    ),
    (
        "2025-08-28",
        "Indian exports to the United States have been subject to a 50 percent duty since August 27.",
        [("50 percent", "USA", "IND", "2025-08-27")],
    ),
    (
        "2025-08-10",
        "Imports from Switzerland into the US are hit with a duty of 39 percent.",
        [("39 percent", "USA", "CHE", None)],
    ),
    (
        "2025-08-10",
        "The Swiss must pay 39 percent on their exports to the United States, the Japanese and the "
        "Europeans only 15 percent.",
        [("39 percent", "USA", "CHE", None)],
    ),
    (
        "2025-04-15",
        "China's answer was 84%, and that of Trump 125%.",
        [("84%", "CHN", "USA", None), ("125%", "USA", "CHN", None)],
    ),
    (
        "2025-04-15",
        "The U.S. raised its tariff on Chinese goods to 104%; China raised its own to 84%.",
        [("104%", "USA", "CHN", None), ("84%", "CHN", "USA", None)],
    ),
    (
        "2025-04-15",
        "After Trump announced 34% on Chinese imports, China announced the same 34% on US goods.",
        [("34%", "USA", "CHN", None), ("34%", "CHN", "USA", None)],
    ),
    (
        "2025-05-20",
        "The Chinese duty on U.S. imports fell from 125% to 10% on May 14, while the U.S. duty on Chinese"
        " imports fell from 145% to 30%.",
        [
            ("125%", "CHN", "USA", None),
            ("10%", "CHN", "USA", "2025-05-14"),
            ("145%", "USA", "CHN", None),
            ("30%", "USA", "CHN", "2025-05-14"),
        ],
    ),
    (
        "2018-02-01",
        "Tariffs of 30 per cent on imported solar panels and of 20 per cent on washing machines are "
        "imposed by the US, a hard blow to China.",
        [("30 per cent", "USA", "World", None), ("20 per cent", "USA", "World", None)],
    ),
    (
        "2025-04-15",
        "All nations got a 10 percent tariff from the United States.",
        [("10 percent", "USA", "World", None)],
    ),
    (
        "2025-04-15",
        "A baseline tariff of 10% on imports from all countries was introduced by Trump on April 5.",
        [("10%", "USA", "World", "2025-04-05")],
    ),
    (
        "2024-10-05",
        "Canada has put a surtax of 100 per cent on electric vehicles from China since October 1, 2024.",
        [("100 per cent", "CAN", "CHN", "2024-10-01")],
    ),
    (
        "2025-03-10",
        "China will levy an additional tariff of 100 percent on Canadian rapeseed oil and peas and of 25 "
        "percent on pork from March 20.",
        [("100 percent", "CHN", "CAN", "2025-03-20"), ("25 percent", "CHN", "CAN", "2025-03-20")],
    ),
    (
        "2025-04-15",
        "Chinese goods are currently taxed at 145% on entry into the US.",
        [("145%", "USA", "CHN", None)],
    ),
    (
        "2025-04-15",
        "Feb 4\nTrump's 10% tariff on all goods from China takes effect.\nMarch 4\nIt is doubled to 20%.\n"
        "April 9\nThe rate jumps to 104%.",
        [
            ("10%", "USA", "CHN", "2025-02-04"),
            ("20%", "USA", "CHN", "2025-03-04"),
            ("104%", "USA", "CHN", "2025-04-09"),
        ],
    ),
    (
        "2025-08-10",
        "The United States will apply a 15 percent tariff to Japanese goods from August 7.",
        [("15 percent", "USA", "JPN", "2025-08-07")],
    ),
    (
        "2025-08-10",
        "Under the deal, the US tariff on South Korean cars falls to 15% from 25%.",
        [("15%", "USA", "KOR", None), ("25%", "USA", "KOR", None)],
    ),
    (
        "2025-05-12",
        "The US has agreed to cut tariffs on Chinese goods from 145% to 30%. China will lower its duties "
        "on American goods from 125% to 10%. The cuts take effect on May 14.",
        [
            ("145%", "USA", "CHN", None),
            ("30%", "USA", "CHN", "2025-05-14"),
            ("125%", "CHN", "USA", None),
            ("10%", "CHN", "USA", "2025-05-14"),
        ],
    ),
    (
        "2019-06-10",
        "India imposed retaliatory duties of up to 70 percent on 28 American products on June 16, 2019.",
        [("up to 70 percent", "IND", "USA", "2019-06-16")],
    ),
    (
        "2018-06-25",
        "The EU put a 25% duty on bourbon, jeans and motorcycles from the U.S. on June 22.",
        [("25%", "EU27", "USA", "2018-06-22")],
    ),
    (
        "2025-11-15",
        "The 24% reciprocal tariff on U.S. goods remains suspended; only the 10% rate applies, said "
        "China's Ministry of Finance.",
        [("24%", "CHN", "USA", None), ("10%", "CHN", "USA", None)],
    ),
    (
        "2019-05-20",
        "The Trump administration raised tariffs from 10% to 25% on $200 billion of Chinese imports on "
        "May 10. China retaliated on June 1 by raising duties to 25%.",
        [("10%", "USA", "CHN", None), ("25%", "USA", "CHN", "2019-05-10"), ("25%", "CHN", "USA", "2019-06-01")],
    ),
    (
        "2025-04-15",
        "Goods of Chinese origin now pay 145 percent at the US border.",
        [("145 percent", "USA", "CHN", None)],
    ),
    (
        "2025-07-15",
        "Trump threatened a 30% tariff on goods from the European Union and Mexico from August 1.",
        [("30%", "USA", "EU27", "2025-08-01")],
    ),
    (
        "2025-03-20",
        "HTSUS 9903.01.24: additional duty of 20% on products of China and Hong Kong, entered on or after"
        " March 4, 2025.",
        [("20%", "USA", "CHN", "2025-03-04")],
    ),
    (
        "2025-04-15",
        "Beijing's 125% tariff makes American soybeans unsellable in China.",
        [("125%", "CHN", "USA", None)],
    ),
    (
        "2025-04-15",
        "With a 125 percent levy American LNG cannot be sold to Chinese buyers.",
        [("125 percent", "CHN", "USA", None)],
    ),
    (
        "2024-05-20",
        "Biden quadrupled the duty on Chinese electric vehicles to 100 percent, doubled that on "
        "semiconductors to 50 percent and raised that on batteries to 25 percent.",
        [("100 percent", "USA", "CHN", None), ("50 percent", "USA", "CHN", None), ("25 percent", "USA", "CHN", None)],
    ),
    (
        "2025-10-15",
        "Trump said on Friday that he would put another 100 percent on all Chinese imports from November 1.",
        [("100 percent", "USA", "CHN", "2025-11-01")],
    ),
    (
        "2025-09-01",
        "Mexico plans tariffs of up to 50 percent on cars from China and other Asian countries.",
        [("up to 50 percent", "MEX", "CHN", None)],
    ),
    (
        "2024-12-01",
        "Turkey levies an additional 40 percent on vehicles from China.",
        [("40 percent", "TUR", "CHN", None)],
    ),
    (
        "2024-12-01",
        "Russian duties on Chinese trucks come to 15 per cent.",
        [("15 per cent", "RUS", "CHN", None)],
    ),
    (
        "2025-04-15",
        "Nearly half of all US imports from China, about 49 percent, were hit by the tariffs.",
        [],
    ),
    (
        "2025-12-15",
        "Kazakhstan's import duty on cars from China is 15%.",
        [("15%", "KAZ", "CHN", None)],
    ),
    (
        "2025-08-20",
        "Bangladesh pays 20 percent on its garments in the US, India 50.",
        [("20 percent", "USA", "BGD", None)],
    ),
    (
        "2025-04-15",
        "From 12:01 a.m. on April 10, goods imported from the US are subject to 84 percent additional "
        "tariffs, China's finance ministry said.",
        [("84 percent", "CHN", "USA", "2025-04-10")],
    ),
    (
        "2025-04-15",
        "Tariffs on both sides have become prohibitive: 145% for Chinese goods entering the US, 125% for "
        "American goods entering China.",
        [("145%", "USA", "CHN", None), ("125%", "CHN", "USA", None)],
    ),
    (
        "2025-04-15",
        "For de minimis parcels from China the duty is 120 percent from May 2, the White House said.",
        [("120 percent", "USA", "CHN", "2025-05-02")],
    ),
    (
        "2025-04-15",
        "Customers importing from China should expect a combined duty of 145%, our US brokers advise.",
        [("145%", "USA", "CHN", None)],
    ),
    (
        "2025-02-03",
        "Trump on Saturday ordered 25% tariffs on imports from Canada and Mexico and 10% on goods from "
        "China, starting on Tuesday.",
        [("25%", "USA", "CAN", "2025-02-04"), ("10%", "USA", "CHN", "2025-02-04")],
    ),
    (
        "2018-07-10",
        "The United States last week imposed 25 percent duties on $34 billion of Chinese imports and "
        "China immediately responded with a matching levy on the same amount of U.S. exports to China.",
        [("25 percent", "USA", "CHN", None)],
    ),
    (
        "2018-08-10",
        "China's commerce ministry said it would put an extra 25 percent tariff on $16 billion worth of "
        "U.S. goods from Aug. 23.",
        [("25 percent", "CHN", "USA", "2018-08-23")],
    ),
    (
        "2018-09-20",
        "US tariffs of 10 percent on Chinese goods worth $200 billion kick in on Monday, rising to 25 "
        "percent at the end of the year.",
        [("10 percent", "USA", "CHN", "2018-09-24"), ("25 percent", "USA", "CHN", None)],
    ),
    (
        "2025-04-05",
        "Beijing will slap a 34 percent tax on all American products starting April 10, the finance "
        "ministry announced, matching the rate that Trump set for Chinese goods.",
        [("34 percent", "CHN", "USA", "2025-04-10")],
    ),
    (
        "2025-05-13",
        "Under the agreement, U.S. levies on most Chinese imports will be cut to 30% from 145% by May 14,"
        " while Chinese levies on U.S. goods will fall to 10% from 125%.",
        [
            ("30%", "USA", "CHN", "2025-05-14"),
            ("145%", "USA", "CHN", None),
            ("10%", "CHN", "USA", "2025-05-14"),
            ("125%", "CHN", "USA", None),
        ],
    ),
    (
        "2025-04-12",
        "China on Friday raised its retaliatory tariffs on US imports to 125 per cent from 84 per cent.",
        [("125 per cent", "CHN", "USA", None), ("84 per cent", "CHN", "USA", None)],
    ),
    (
        "2025-07-30",
        "A 50% US tariff on Brazilian goods takes effect on August 6.",
        [("50%", "USA", "BRA", "2025-08-06")],
    ),
    (
        "2025-04-10",
        "@realDonaldTrump: Based on the lack of respect that China has shown, I am hereby raising the "
        "Tariff charged to China by the United States of America to 125%, effective immediately.",
        [("125%", "USA", "CHN", None)],
    ),
    (
        "2019-08-24",
        "...starting on October 1st, the 250 billion dollars of goods from China, currently being taxed "
        "at 25%, will be taxed at 30%, Trump tweeted.",
        [("25%", "USA", "CHN", None), ("30%", "USA", "CHN", "2019-10-01")],
    ),
    (
        "2019-05-14",
        "China said it will raise tariffs on $60 billion of U.S. goods to as high as 25% from June 1.",
        [("as high as 25%", "CHN", "USA", "2019-06-01")],
    ),
    (
        "2024-09-01",
        "Canada announced a 100% surtax on Chinese-made electric vehicles, effective October 1, and a 25%"
        " surtax on Chinese steel and aluminum from October 15.",
        [("100%", "CAN", "CHN", "2024-10-01"), ("25%", "CAN", "CHN", "2024-10-15")],
    ),
    (
        "2025-03-10",
        "Ottawa answered with 25% counter-tariffs on $30 billion of US goods, in force since March 4.",
        [("25%", "CAN", "USA", "2025-03-04")],
    ),
    (
        "2025-04-09",
        "The EU voted to impose retaliatory tariffs of up to 25% on a range of American goods in response"
        " to the U.S. levies on steel and aluminum.",
        [("up to 25%", "EU27", "USA", None)],
    ),
    (
        "2025-04-03",
        "Vietnam got hit with 46%, Cambodia with 49% and Thailand with 36% in Trump's list of reciprocal tariffs.",
        [("46%", "USA", "VNM", None), ("49%", "USA", "KHM", None), ("36%", "USA", "THA", None)],
    ),
    (
        "2025-04-03",
        'Trump\'s "reciprocal" tariffs\nVietnam 46%\nTaiwan 32%\nIndia 26%\nEU 20%',
        [
            ("46%", "USA", "VNM", None),
            ("32%", "USA", "TWN", None),
            ("26%", "USA", "IND", None),
            ("20%", "USA", "EU27", None),
        ],
    ),
    (
        "2025-04-20",
        "Shipments from China to the U.S. now carry a duty of at least 145%, freight forwarders say.",
        [("at least 145%", "USA", "CHN", None)],
    ),
    (
        "2025-10-10",
        "Starting November 1st, 2025, the United States of America will impose a Tariff of 100% on China,"
        " over and above any Tariff that they are currently paying.",
        [("100%", "USA", "CHN", "2025-11-01")],
    ),
    (
        "2025-11-12",
        "The U.S. halved its fentanyl-related tariff on Chinese goods to 10 per cent from November 10.",
        [("10 per cent", "USA", "CHN", "2025-11-10")],
    ),
    (
        "2019-06-20",
        "On June 5, 2019, India lost its preferential access; eleven days later New Delhi put duties of "
        "70 per cent on American almonds.",
        [("70 per cent", "IND", "USA", None)],
    ),
    (
        "2018-03-10",
        "President Trump has decided on tariffs of 25 percent for steel and 10 percent for aluminum imports.",
        [("25 percent", "USA", "World", None), ("10 percent", "USA", "World", None)],
    ),
    (
        "2025-06-05",
        "Steel and aluminum tariffs doubled to 50% on Wednesday, the White House confirmed.",
        [("50%", "USA", "World", None)],
    ),
    (
        "2025-07-20",
        "Goods from Indonesia will face a 19% tariff in the U.S., while American goods will enter "
        "Indonesia free of duty.",
        [("19%", "USA", "IDN", None)],
    ),
    (
        "2025-03-05",
        "Feb 1: Trump signs an order for 10% on China.\nFeb 4: The 10% duty on Chinese goods takes effect."
        " China announces duties of 10-15% on US energy and machinery from Feb 10.\nMar 4: The US doubles "
        "the duty to 20%. Beijing responds with up to 15% on American farm goods.",
        [
            ("10%", "USA", "CHN", "2025-02-01"),
            ("10%", "USA", "CHN", "2025-02-04"),
            ("10-15%", "CHN", "USA", "2025-02-10"),
            ("20%", "USA", "CHN", "2025-03-04"),
            ("up to 15%", "CHN", "USA", "2025-03-04"),
        ],
    ),
    (
        "2019-12-20",
        "Under Phase One, the U.S. halved to 7.5% the tariffs it had imposed on September 1 on $120 "
        "billion of Chinese goods.",
        [("7.5%", "USA", "CHN", None)],
    ),
    (
        "2025-05-30",
        "Tariffs cover 80% of US imports from China, against 66% before.",
        [],
    ),
    (
        "2025-05-30",
        "China's exports to the United States fell by 34.5% in May under the weight of the tariffs.",
        [],
    ),
    (
        "2025-05-30",
        "After the tariffs took effect in April, imports from China dropped 20% and the share of China in"
        " US imports fell to 7%.",
        [],
    ),
    (
        "2025-09-05",
        "The average US tariff on Chinese goods now stands at 57.6%, that of China on American goods at 32.6%.",
        [("57.6%", "USA", "CHN", None), ("32.6%", "CHN", "USA", None)],
    ),
    (
        "2025-10-15",
        "South Africa faces a 30% duty on its exports to America since August 7.",
        [("30%", "USA", "ZAF", "2025-08-07")],
    ),
    (
        "2025-09-15",
        "Kazakh exports to the US come under a 25 percent tariff from August 7.",
        [("25 percent", "USA", "KAZ", "2025-08-07")],
    ),
    (
        "2025-08-15",
        "The letter to Astana sets a tariff of 25% for Kazakhstan's goods, though oil and metals are exempt.",
        [("25%", None, "KAZ", None)],
    ),
    (
        "2025-04-05",
        "U.S. President Donald Trump announced sweeping new tariffs on Wednesday. China will be hit with "
        "a 34% tariff, on top of the 20% already in place, bringing the total new levy to 54%. The "
        "European Union faces 20% and Japan 24%.",
        [
            ("34%", "USA", "CHN", None),
            ("20%", "USA", "CHN", None),
            ("54%", "USA", "CHN", None),
            ("20%", "USA", "EU27", None),
            ("24%", "USA", "JPN", None),
        ],
    ),
    (
        "2018-06-16",
        "Trump approved a 25 percent tariff on Chinese imports worth $50 billion. Hours later China's "
        "State Council said that it would impose an additional 25 percent tariff on 659 U.S. goods worth "
        "the same amount. For 545 of them, worth $34 billion, it takes effect on July 6.",
        [("25 percent", "USA", "CHN", None), ("25 percent", "CHN", "USA", "2018-07-06")],
    ),
    (
        "2018-04-05",
        "China on Wednesday unveiled plans for 25 percent duties on American soybeans, aircraft and cars "
        "in retaliation for the Trump administration's proposed 25 percent tariffs on some 1,300 Chinese "
        "products.",
        [("25 percent", "CHN", "USA", None), ("25 percent", "USA", "CHN", None)],
    ),
    (
        "2025-04-28",
        "What tariffs do goods from China pay? Section 301: 7.5% to 100%. IEEPA fentanyl: 20%. IEEPA reciprocal: 125%.",
        [("20%", "USA", "CHN", None), ("125%", "USA", "CHN", None)],
    ),
    (
        "2025-11-03",
        "After talks in Busan, Trump said the overall tariff rate on Chinese imports would come down to 47% from 57%.",
        [("47%", "USA", "CHN", None), ("57%", "USA", "CHN", None)],
    ),
    (
        "2025-06-20",
        "Russia's import duty on Chinese-built excavators rose to 15% in May.",
        [("15%", "RUS", "CHN", "2025-05")],
    ),
    (
        "2024-07-20",
        "Brazil restored an import tax on electric cars: it has been 18% since July 2024 and will reach "
        "35% in July 2026.",
        [("18%", "BRA", "World", "2024-07"), ("35%", "BRA", "World", "2026-07")],
    ),
    (
        "2024-06-10",
        "Turkey will impose an additional tariff of 40% on imports of vehicles from China, effective July"
        " 7, the trade ministry said.",
        [("40%", "TUR", "CHN", "2024-07-07")],
    ),
    (
        "2023-07-20",
        "Armenia and Kyrgyzstan, members of the EAEU, levy no duty on cars from Russia, but 15% on those from China.",
        [("15%", "ARM", "CHN", None)],
    ),
    (
        "2025-03-13",
        "Brussels will reimpose tariffs of up to 50% on American whiskey, motorcycles and boats from April 1.",
        [("up to 50%", "EU27", "USA", "2025-04-01")],
    ),
    (
        "2025-03-14",
        "In return Trump threatened a 200% tariff on wine and champagne from the European Union.",
        [("200%", "USA", "EU27", None)],
    ),
    (
        "2025-08-07",
        "From today, imports into the U.S. from India bear 25%; an additional 25% for buying Russian oil "
        "follows on August 27.",
        [("25%", "USA", "IND", None), ("25%", "USA", "IND", "2025-08-27")],
    ),
    (
        "2025-05-12",
        "Both sides will lower their tariffs by 115 percentage points: the US to 30%, China to 10%.",
        [("30%", "USA", "CHN", None), ("10%", "CHN", "USA", None)],
    ),
    (
        "2019-05-10",
        "Tariffs on $200 billion worth of Chinese goods more than doubled, from 10% to 25%, at 12:01 a.m."
        " on Friday, the US said.",
        [("10%", "USA", "CHN", None), ("25%", "USA", "CHN", None)],
    ),
    (
        "2025-10-01",
        "Uzbekistan's exporters to the US pay the basic 10 percent, those of Kazakhstan 25 percent.",
        [("10 percent", "USA", "UZB", None), ("25 percent", "USA", "KAZ", None)],
    ),
    (
        "2026-02-25",
        "The Supreme Court having struck down the IEEPA tariffs, Trump put a global tariff of 10% on all "
        "imports for 150 days.",
        [("10%", "USA", "World", None)],
    ),
    (
        "2025-07-08",
        "Letters went out to 14 countries: 25% for Japan, South Korea, Malaysia, Kazakhstan and Tunisia, "
        "30% for South Africa, 36% for Thailand and Cambodia, Trump announced, all from August 1.",
        [("25%", "USA", "JPN", "2025-08-01"), ("30%", "USA", "ZAF", "2025-08-01"), ("36%", "USA", "THA", "2025-08-01")],
    ),
    (
        "2025-04-11",
        "Retail sales grew 5% on the year in March, and exports 12% on strong demand; tariffs had no effect yet.",
        [],
    ),
    (
        "2025-04-11",
        "The yuan lost 2% against the dollar after the tariffs, shares fell 7% and the index 3%.",
        [],
    ),
    (
        "2025-06-11",
        "Exports of China to the US were 34.5% lower in May, the first full month of the tariffs, while "
        "those to ASEAN rose 15%.",
        [],
    ),
    (
        "2025-06-11",
        "Kazakhstan faces a 12% drop in exports because of the tariffs, and its budget a gap of 3% of GDP.",
        [],
    ),
]


@pytest.mark.parametrize(("day", "text", "rates"), SENTENCES)
def test_who_lays_a_duty_on_whom_and_from_when(
    day: str, text: str, rates: list[tuple[str, str | None, str | None, str | None]]
) -> None:
    claims = [claim for claim in extract(text, date=day) if claim.kind == "tariff_rate"]

    found = [(text[slice(*c.value_span)], c.reporter, c.partner, c.period) for c in claims]
    assert found == rates

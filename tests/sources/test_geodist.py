"""CEPII GeoDist: both separators, missing distances, capitals and main cities; against the notes' figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from khorgos.core.errors import BadFile, UnmappedCode
from khorgos.sources.files import parse


def pairs(path: Path) -> dict[tuple[str, str, str], float | None]:
    rows = parse(path).tables["pair"].to_pylist()
    return {(r["exporter"], r["importer"], r["indicator"]): r["value"] for r in rows}


def facts(path: Path) -> dict[tuple[str, str], tuple[float | None, str]]:
    rows = parse(path).tables["indicator"].to_pylist()
    return {(r["area"], r["indicator"]): (r["value"], r["unit"]) for r in rows}


def test_pairs_with_semicolons_and_commas(specimens: Path) -> None:
    found = pairs(specimens / "geodist" / "dist_cepii.csv")
    assert len(found) == 4 * 12
    assert found["KAZ", "CHN", "dist"] == 3277.0
    assert found["KAZ", "KGZ", "contig"] == 1.0
    assert found["COD", "ABW", "distw"] is None  # "." is missing; ZAR is the old code of COD
    other = pairs(specimens / "geodist" / "dist_cepii_comma.csv")
    assert other.items() == {key: value for key, value in found.items() if key[:2] == ("KAZ", "CHN")}.items()
    rows = parse(specimens / "geodist" / "dist_cepii.csv").tables["pair"].to_pylist()
    assert {r["unit"] for r in rows if r["indicator"].startswith("dist")} == {"km"}
    assert (rows[0]["locator"], rows[-1]["locator"]) == ("row 2:contig", "row 5:distwces")


def test_places(specimens: Path) -> None:
    found = facts(specimens / "geodist" / "geo_cepii.csv")
    assert found["KAZ", "landlocked"] == (1.0, "boolean")
    assert found["KAZ", "area"] == (2_717_300.0, "square km")
    assert found["KAZ", "lat_capital"] == (51.17, "degree")
    assert found["KAZ", "lat_maincity"] == (43.25, "degree")
    assert found["DZA", "area"] == (2.4e6, "square km")  # "2.4e+06"
    assert found["CIV", "lon_maincity"] == (-4.016667, "degree")


@pytest.mark.parametrize(
    ("row", "error", "said"),
    [
        ("KAZ;QQQ;1;0;0;0;0;0;0;0;3277;3277;4008;3900", UnmappedCode, "'QQQ'; they carry 100 per cent of the rows"),
        ("KAZ;CHN;3277;0;0;0;0;0;0;0;1;3277;4008;3900", BadFile, r"3277 is no yes or no .*row 2, column contig"),
        ("KAZ;CHN;1;0;0;0;0;0;0;0;-5;3277;4008;3900", BadFile, r"-5 is no distance .*row 2, column dist\)"),
        ("KAZ;CHN;1;0;0;0;0;0;0;0;3277,5;3277;4008;3900", BadFile, "Is its decimal sign ','"),
        ("KAZ;CHN;1;0;0;0;0;0;0;0;3277", BadFile, "11 of 14 columns"),
    ],
)
def test_bad_pairs(specimens: Path, tmp_path: Path, row: str, error: type[BadFile], said: str) -> None:
    head = (specimens / "geodist" / "dist_cepii.csv").read_text().splitlines()[0]
    (tmp_path / "dist_cepii.csv").write_text(f"{head}\n{row}\n")
    with pytest.raises(error, match=said):
        parse(tmp_path / "dist_cepii.csv")


def test_rows_of_one_country_that_disagree(specimens: Path, tmp_path: Path) -> None:
    text = (specimens / "geodist" / "geo_cepii.csv").read_bytes().replace(b"2717300;620", b"2717300;999", 1)
    (tmp_path / "geo_cepii.csv").write_bytes(text)
    with pytest.raises(BadFile, match="Two rows of KAZ disagree"):
        parse(tmp_path / "geo_cepii.csv")


def test_published_distances_in_both_variants(shared: Path) -> None:
    one = pairs(shared / "data/gravity/dist_cepii.csv")
    assert len(one) == 50_176 * 12
    assert one == pairs(shared / "data/formats/cepii_geodist/data/dist_cepii.csv")
    # Printed in whole kilometres.
    assert one["KAZ", "CHN", "dist"] == pytest.approx(3277, abs=0.5)
    assert one["KAZ", "CHN", "distw"] == pytest.approx(4008, abs=0.5)
    assert one["KAZ", "KGZ", "dist"] == pytest.approx(195, abs=0.5)
    assert one["KAZ", "CHN", "contig"] == 1.0
    asymmetric = [k for k, v in one.items() if k[2] == "dist" and one[k[1], k[0], "dist"] != v]
    assert asymmetric == []


def test_published_places_in_both_variants(shared: Path) -> None:
    one = facts(shared / "data/gravity/geo_cepii.csv")
    two = facts(shared / "data/formats/cepii_geodist/data/geo_cepii.csv")
    assert one == two
    landlocked = {area for (area, name), (value, _) in one.items() if name == "landlocked" and value == 1.0}
    assert {"KAZ", "KGZ", "TJK", "TKM", "UZB", "ARM", "AZE", "MNG"} <= landlocked
    assert not {"GEO", "RUS", "CHN", "USA"} & landlocked

"""References to provisions: real strings with the reading a person gave them, and what always holds."""

from __future__ import annotations

import csv
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.normalise.law_register import GDPR, LawRegister
from kg.normalise.provisions import MAX_LENGTH, ParsedProvisions, ProvisionParser
from kg.resources import ontology_files

TABLE = Path(__file__).with_name("provision_strings.csv")
PARSER = ProvisionParser.load()
REGISTER = LawRegister.read(ontology_files("law"))
ROWS = list(csv.DictReader(TABLE.open(encoding="utf-8", newline="")))


def refs(parsed: ParsedProvisions) -> list[str]:
    return [f"{ref.instrument}:{ref.path}".replace(f"{GDPR}:", "gdpr:") for ref in parsed.refs]


def rules(parsed: ParsedProvisions) -> list[str]:
    return [left.rule for left in parsed.unparsed]


def test_table_is_large_and_without_repeats() -> None:
    texts = [row["text"] for row in ROWS]
    assert len(texts) >= 300
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("row", ROWS, ids=[str(line) for line in range(2, len(ROWS) + 2)])
def test_real_string(row: dict[str, str]) -> None:
    parsed = PARSER.parse(row["text"])
    assert refs(parsed) == row["refs"].split()
    left = ["(withheld)" if item.verbatim is None else item.verbatim for item in parsed.unparsed]
    assert " | ".join(left) == row["unparsed"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Art. 100 GDPR", "GDPR has no article 100 (articles 1 to 99)"),
        ("Art. 5 (3) GDPR", "Article 5 GDPR has no paragraph 3 (paragraphs 1 to 2)"),
        ("Art. 5 (1) z) GDPR", "Article 5(1) GDPR has no point z (points a to f)"),
        ("Art. 31 (1) GDPR", "Article 31 GDPR has no paragraphs"),
        ("Art. 5 (2) a), f) GDPR", "Article 5(2) GDPR has no points"),
        ("Art. 4 (27) GDPR", "Article 4 GDPR has no point 27 (points 1 to 26)"),
        ("Art. 6 a) GDPR", "Article 6 GDPR has a point a in paragraphs 1, 3, 4"),
        ("Recital 26 GDPR", "the register has no recitals of the GDPR"),
        ("Art. 32 (4)", "no law named"),
        ("Art. 23 (4) LOPGD", "law not in the register: 'LOPGD'"),
        ("Art. 20 of the Act implementing the GDPR", "law not in the register: 'Act implementing the GDPR'"),
        ("Art. 2-sexties Codice della privacy", "'sexties' is no Latin ordinal"),
        ("Articles 13-18 LOPDGDD", "13-18 may be a range or one number"),
        ("Art. 5 Decree 90/2018", "law not in the register: 'Decree 90/2018'"),
        ("17 (1) FOIA", "neither article nor section is said"),
        ("Art. 6 AVG", "the name of the law stands for several: at/avg, eu/reg/2016/679"),
        ("several", "names no provision"),
        ("a sentence in the wrong column", "names no provision"),
        ("Art. 20-12 GDPR", "the range runs backwards or is too long"),
        ("Art. 6 Abs. 1, 2 DSGVO", "2 stands without brackets"),
    ],
)
def test_what_cannot_be_read_is_said_and_kept(text: str, rule: str) -> None:
    parsed = PARSER.parse(text)
    assert rules(parsed) == [rule]
    assert not parsed.refs
    assert parsed.unparsed[0].verbatim == (None if text.startswith("a sentence") else text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Art. 4 Nr. 7 DSGVO", ["gdpr:art_4/pnt_7"]),
        ("Art. 4 (16) a) GDPR", ["gdpr:art_4/pnt_16/pnt_a"]),
        ("Art. 6 Abs. 1 lit. f DSGVO", ["gdpr:art_6/par_1/pnt_f"]),
        ("Art. 6 Abs. 1 und Abs. 2 DSGVO", ["gdpr:art_6/par_1", "gdpr:art_6/par_2"]),
        ("Art. 5 f) GDPR", ["gdpr:art_5/par_1/pnt_f"]),
        ("Art. 12 (1)-(3) GDPR", ["gdpr:art_12/par_1", "gdpr:art_12/par_2", "gdpr:art_12/par_3"]),
        ("Articles 12 to 14 GDPR", ["gdpr:art_12", "gdpr:art_13", "gdpr:art_14"]),
        ("Art. 5 GDPR, Art. 5 GDPR", ["gdpr:art_5"]),
        ("Article 100, § 1, 13° WOG", ["be/lca:art_100/par_1/pnt_13"]),
        ("§ 76 (2) LOPDGDD", ["es/lopdgdd:art_76/par_2"]),
        ("Article 15 of the Regulation (EU) 2016/679", ["gdpr:art_15"]),
        ("Law Enforcement Directive 2016/680, Recital 13", ["eu/dir/2016/680:rct_13"]),
        ("Article 11(3) L. 3471/2006", ["gr/3471-2006:art_11/par_3"]),
        ("Unknown", []),
        (" n/a ", []),
        ("", []),
    ],
)
def test_other_ways_of_writing(text: str, expected: list[str]) -> None:
    parsed = PARSER.parse(text)
    assert refs(parsed) == expected
    assert not parsed.unparsed


def test_a_law_covers_the_references_before_it_unless_another_stands_between() -> None:
    assert refs(PARSER.parse("Art. 12 (2), Art. 15 GDPR")) == ["gdpr:art_12/par_2", "gdpr:art_15"]
    between = PARSER.parse("Art. 21 LSSI, Art. 12, Art. 15 GDPR")
    assert refs(between) == ["es/lssi:art_21", "gdpr:art_15"]
    assert rules(between) == ["no law named"]
    foreign = PARSER.parse("Articles 7 and 8 and Article 52(1), Article 4(2) TEU")
    assert refs(foreign) == ["eu/teu:art_4/par_2"]


def test_default_instrument_stands_in_only_where_no_law_is_named() -> None:
    parsed = PARSER.parse("5(1)(f), Art. 21 LSSI", default_instrument=GDPR)
    assert refs(parsed) == ["gdpr:art_5/par_1/pnt_f", "es/lssi:art_21"]


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("§ 13 AVG", "AUT", ["at/avg:sec_13"]),
        ("Art. 6 AVG", "NLD", ["gdpr:art_6"]),
        ("§ 3 UWG", "DEU", ["de/uwg:sec_3"]),
        ("Section 7 Data Protection Act 2018", "IRL", ["ie/dpa-2018:sec_7"]),
        ("Section 7 Data Protection Act 2018", "GBR", ["gb/dpa-2018:sec_7"]),
        ("Section 7 Data Protection Act 2018", None, []),
    ],
)
def test_jurisdiction_decides_between_laws_of_one_name(
    text: str, country: str | None, expected: list[str]
) -> None:
    assert refs(PARSER.parse(text, jurisdiction=country)) == expected


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        (("5", "1", "d"), "art_5/par_1/pnt_d"),
        (("5", "1", None), "art_5/par_1"),
        (("32", None, None), "art_32"),
        (("4", "7", None), "art_4/pnt_7"),
        (("57", "1", "v"), "art_57/par_1/pnt_v"),
        (("5", None, "F"), "art_5/par_1/pnt_f"),
    ],
)
def test_structured(parts: tuple[str, str | None, str | None], path: str) -> None:
    parsed = PARSER.parse_structured(*parts)
    assert [(ref.instrument, ref.path) for ref in parsed.refs] == [(GDPR, path)]
    assert parsed.refs[0].verbatim == parts[0] + "".join(f"({part})" for part in parts[1:] if part)
    assert not parsed.unparsed


@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        (("5", "1", "z"), "Article 5(1) GDPR has no point z (points a to f)"),
        (("5", "9", None), "Article 5 GDPR has no paragraph 9 (paragraphs 1 to 2)"),
        (("0", None, None), "GDPR has no article 0 (articles 1 to 99)"),
        (("art_5", None, None), "GDPR has no article art_5 (articles 1 to 99)"),
        (("6", None, "a"), "Article 6 GDPR has a point a in paragraphs 1, 3, 4"),
        ((None, "1", "a"), "a paragraph or point without its article"),
    ],
)
def test_structured_that_does_not_exist(parts: tuple[str | None, ...], rule: str) -> None:
    parsed = PARSER.parse_structured(*parts)
    assert rules(parsed) == [rule]
    assert not parsed.refs


def test_structured_without_parts_states_nothing() -> None:
    assert PARSER.parse_structured("", None, " ") == ParsedProvisions()


WORDS = (
    "Art. Article § §§ Section Regulation Recital Absatz Nr. lit. 5 6 12 99 100 22.2 6:162 2-ter 4a L.34-5 "
    "(1) (2) a) f) (i) (II) , ; and - to ( ) / GDPR DSGVO LSSI PECR BDSG a.F. AVG Act 2016/679 Directive "
    "95/46/EC of the Unknown others é ß Ⅳ ² ١"
)
PIECES = st.sampled_from(WORDS.split(" "))
REFERENCES = st.lists(PIECES, max_size=30).map(" ".join) | st.lists(PIECES, max_size=30).map("".join)


@given(st.text(max_size=300) | REFERENCES, st.sampled_from([None, GDPR, "es/lssi"]))
def test_never_raises_and_never_invents(text: str, default: str | None) -> None:
    parsed = PARSER.parse(text, default_instrument=default)
    for ref in parsed.refs:
        assert ref.instrument in REGISTER.instruments
        assert re.fullmatch(
            r"(?:(?:art|sec|reg|rct)_[A-Za-z0-9:-]+(?:/(?:par|pnt)_[A-Za-z0-9-]+)*)?", ref.path
        )
        if ref.instrument in REGISTER.structures and ref.path:
            assert ref.path in REGISTER.structures[ref.instrument].paths
        assert ref.verbatim in text
    for left in parsed.unparsed:
        assert left.rule
        assert left.verbatim is None or left.verbatim in text
    assert len({(ref.instrument, ref.path) for ref in parsed.refs}) == len(parsed.refs)


@given(st.text(max_size=12), st.none() | st.text(max_size=6), st.none() | st.text(max_size=6))
def test_structured_never_raises(article: str, paragraph: str | None, point: str | None) -> None:
    parsed = PARSER.parse_structured(article, paragraph, point)
    assert all(ref.path in REGISTER.structures[GDPR].paths for ref in parsed.refs)


UNNUMBERED = re.compile("body|indent")
CITABLE = sorted(path for path in REGISTER.structures[GDPR].paths if not UNNUMBERED.search(path))


def test_every_numbered_provision_of_the_gdpr_is_citable() -> None:
    assert len(CITABLE) > 840


@given(st.sampled_from(CITABLE))
def test_every_provision_of_the_gdpr_can_be_written(path: str) -> None:
    article, *rest = (part.partition("_")[2] for part in path.split("/"))
    text = f"Art. {article} {' '.join(f'({part})' for part in rest)} GDPR"
    assert refs(PARSER.parse(text)) == [f"gdpr:{path}"]


@pytest.mark.parametrize(
    "hostile",
    [
        "Art. " * 20_000,
        "(" * 100_000,
        "Art. 5 " + "(1)" * 1_300 + " LSSI",
        "Art. 5 " + "(1)" * 600 + ", (1)" * 400 + " LSSI",
        "5, " * 1_330,
        "Art. 5, " * 499,
        "1" * 3_999 + "é",
        "1." * 1_999,
        "1-" * 1_999,
        "a) - z) " * 499,
        "Regulation (EU) " * 249,
        "Directive 95/46/EC of the European Parliament and of the Council " * 60,
        "Loi n° 78-17 du 6 janvier 1978 relative à " * 90,
        "§" * 3_999,
        "\x00" * 3_999,
        "Art. 1 bis " * 360,
    ],
    ids=lambda text: text[:20],
)
def test_hostile_text_ends_soon(hostile: str) -> None:
    started = time.perf_counter()
    parsed = PARSER.parse(hostile)
    assert time.perf_counter() - started < 1.0
    if len(hostile) > MAX_LENGTH:
        assert rules(parsed) == [f"longer than 4,000 characters ({len(hostile):,})"]
        assert parsed.unparsed[0].verbatim is None


# The trackers' own files, read another way: articles by number only.

TRACKER_LAW = re.compile(r"(?:GDPR|GPDR|GDRP)\b")


def articles_by_number(text: str) -> set[str]:
    """Article numbers of the tokens that end with the GDPR's name and name no other act."""
    found: set[str] = set()
    for token in re.split(r",\s*(?=Art)|(?<=R) (?=Art)", text):
        if TRACKER_LAW.search(token) and not re.search(r"Act|Law|§", token):
            found |= set(re.findall(r"Art[.,]?\s*\.?\s*(\d+)", token))
    return found


def articles_read(parsed: ParsedProvisions) -> set[str]:
    read = {ref.path.split("/")[0].removeprefix("art_") for ref in parsed.refs if ref.instrument == GDPR}
    left = " ".join(item.verbatim or "" for item in parsed.unparsed if "GDPR" in item.rule)
    return read | set(re.findall(r"Art\.\s*(\d+)", left))


def tracker_texts(shared_data: Path) -> list[str]:
    rows = json.loads((shared_data / "enforcementtracker_2024-03.json").read_text("utf-8"))["data"]
    return [row[8] for row in rows]


def test_tracker_agrees_with_a_plain_count(shared_data: Path) -> None:
    texts = tracker_texts(shared_data)
    agree = sum(articles_by_number(text) == articles_read(PARSER.parse(text)) for text in texts)
    assert agree / len(texts) >= 0.995


def test_tracker_is_understood_but_for_single_tokens(shared_data: Path) -> None:
    parsed = [PARSER.parse(text) for text in tracker_texts(shared_data)]
    assert sum(not item.unparsed for item in parsed) >= 2_210
    assert sum(len(item.refs) for item in parsed) > 5_000


def wiki_laws(shared_data: Path, *names: str) -> Iterator[Any]:
    with (shared_data / "gdprhub_api_2024-03.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            laws = json.loads(line).get("applied_laws") or {}
            for name in names:
                yield from laws.get(name) or ()


def test_wiki_objects_are_read_or_left(shared_data: Path) -> None:
    count = 0
    for law in wiki_laws(shared_data, "gdpr"):
        parsed = PARSER.parse_structured(law["article"], law.get("paragraph"), law.get("subparagraph"))
        assert len(parsed.refs) + len(parsed.unparsed) == 1
        count += 1
    assert count > 9_000


def test_wiki_strings_are_read_or_left(shared_data: Path) -> None:
    laws = [law["name"] for law in wiki_laws(shared_data, "eu", "national_other")]
    for name in laws:
        parsed = PARSER.parse(name)
        assert parsed.refs or parsed.unparsed or name.strip().casefold() in {"", "unknown", "n/a"}, name
    assert sum(bool(PARSER.parse(name).refs) for name in laws) / len(laws) > 0.5

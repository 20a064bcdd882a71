"""What Art. 83(4) to (6) GDPR makes finable."""

from __future__ import annotations

import pytest

from kg.model import ProvisionRef
from kg.normalise.tiers import can_be_infringed


def ref(path: str, instrument: str = "eu/reg/2016/679") -> ProvisionRef:
    return ProvisionRef(instrument=instrument, path=path, verbatim="")


@pytest.mark.parametrize(
    "path",
    [
        "art_5",
        "art_5/par_1",
        "art_5/par_1/pnt_f",
        "art_32/par_1/pnt_b",
        "art_15",
        "art_44",
        "art_58/par_2/pnt_c",
        "art_41/par_4",
        "art_88/par_1",
    ],
)
def test_a_provision_of_a_tier_or_part_of_one(path: str) -> None:
    assert can_be_infringed(ref(path))


@pytest.mark.parametrize(
    "path",
    [
        "",
        "art_4/pnt_1",
        "art_10",
        "art_24",
        "art_41",
        "art_41/par_1",
        "art_50",
        "art_55",
        "art_56",
        "art_58",
        "art_58/par_3",
        "art_60",
        "art_77",
        "art_82",
        "art_83/par_2",
    ],
)
def test_powers_procedure_and_articles_in_no_tier(path: str) -> None:
    assert not can_be_infringed(ref(path))


def test_other_laws_are_in_no_tier() -> None:
    assert not can_be_infringed(ref("art_5", "it/codice-privacy"))
    assert not can_be_infringed(ref("art_5/par_1", "eu/dir/1995/46"))

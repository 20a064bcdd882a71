"""Legal forms, and the words and names that only look like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.normalise.legal_forms import has_legal_form


@pytest.mark.parametrize(
    "text",
    [
        "Muster Wetten GmbH",
        "Exemple S.A.",
        "EJEMPLO, S. L.",
        "Esempio S.p.A",
        "Gruppo Esempio SpA",
        "Eksempel A/S",
        "Eksempel A / S",
        "Esimerkki Oy",
        "SIA “Paraugs”",
        "SA Exemple & Cie",
        "Exemple Visages SAS (Paris)",
        "Ejemplo SA, Madrid",
        "Przykład Sp. z o.o.",
        "Παράδειγμα Α.Ε.",
        "Sample Faces limited",
    ],
)
def test_forms(text: str) -> None:
    assert has_legal_form(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "GmbH",
        "Erika Sa",
        "ERIKA SA",
        "Maria de Sa",
        "Erika as controller",
        "who the controller is",
        "Erika in Berlin",
        "Erika at work",
        "Erika ou Max",
        "Erika og Max",
        "no se sabe",
        "Kim Ag",
        "the kg sold",
    ],
)
def test_words_and_names_that_are_none(text: str) -> None:
    assert not has_legal_form(text)


@given(st.text())
def test_never_raises(text: str) -> None:
    has_legal_form(text)

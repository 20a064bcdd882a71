"""Settings: each has a default and a help; a wrong one is named."""

from __future__ import annotations

import dataclasses

import pytest

from kg.errors import InvalidInput
from kg.namespaces import BASE
from kg.settings import SETTINGS, Settings, read_settings


def test_defaults() -> None:
    assert read_settings({}) == Settings(
        store="file:kg-store",
        base_iri=BASE,
        query_timeout=30.0,
        query_memory_mib=1024,
        workers=0,
        max_query_bytes=65536,
        log_level="WARNING",
        contact="",
    )


def test_every_setting_is_read() -> None:
    given = {
        "KG_STORE": "memory:",
        "KG_BASE_IRI": "http://localhost:8000/",
        "KG_QUERY_TIMEOUT": "0.5",
        "KG_QUERY_MEMORY": "512",
        "KG_WORKERS": "3",
        "KG_MAX_QUERY_BYTES": "1000",
        "KG_LOG_LEVEL": "debug",
        "KG_CONTACT": "help@e.example",
    }
    assert set(given) == {setting.name for setting in SETTINGS}
    read, default = read_settings(given), read_settings({})
    for field in dataclasses.fields(Settings):
        assert getattr(read, field.name) != getattr(default, field.name)


def test_every_setting_has_a_help_and_a_valid_default() -> None:
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)
    for setting in SETTINGS:
        assert setting.help
        read_settings({setting.name: setting.default})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KG_BASE_IRI", ""),
        ("KG_BASE_IRI", "https://e.example"),
        ("KG_BASE_IRI", "ftp://e.example/"),
        ("KG_BASE_IRI", "https:///"),
        ("KG_BASE_IRI", "https://e.example/a b/"),
        ("KG_BASE_IRI", "https://e.example/?q=/"),
        ("KG_BASE_IRI", "https://e.example/#/"),
        ("KG_BASE_IRI", "https://e.example/%20/"),
        ("KG_BASE_IRI", "https://e.example//"),
        ("KG_QUERY_TIMEOUT", "soon"),
        ("KG_QUERY_TIMEOUT", ""),
        ("KG_QUERY_TIMEOUT", "0"),
        ("KG_QUERY_TIMEOUT", "-1"),
        ("KG_QUERY_TIMEOUT", "inf"),
        ("KG_QUERY_TIMEOUT", "nan"),
        ("KG_QUERY_MEMORY", "15"),
        ("KG_WORKERS", "-1"),
        ("KG_WORKERS", "many"),
        ("KG_MAX_QUERY_BYTES", "0"),
        ("KG_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(name: str, value: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_settings({name: value})
    assert caught.value.detail.startswith(f"{name}={value!r}: must be")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        read_settings({}).workers = 5  # type: ignore[misc]


def test_other_variables_are_none_of_its_business() -> None:
    assert read_settings({"PATH": "/bin", "KG_OTHER": "x"}) == read_settings({})

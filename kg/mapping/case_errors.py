"""What is wrong with a case file, said so that a curator can mend it: file, line, field, value,
rule and suggestion. One error a fault, all of them at once."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from kg.errors import InvalidRecord
from kg.mapping.case_checks import nearest
from kg.model import RawRecord

_RULES = {
    "missing": "is required",
    "list_type": "must be a list",
    "model_type": "must be a mapping of fields",
    "model_attributes_type": "must be a mapping of fields",
    "dict_type": "must be a mapping",
    "too_short": "must not be empty",
}


def explain(raw: RawRecord, model: type[BaseModel], error: ValidationError) -> list[InvalidRecord]:
    """One InvalidRecord for each fault pydantic found, in the order of the file's lines."""
    found = [_one(raw, model, fault) for fault in error.errors(include_url=False)]
    return sorted(found, key=lambda e: e.line or 0)


def invalid(
    raw: RawRecord, place: tuple[int | str, ...], rule: str, *, value: str = "", fix: str = ""
) -> InvalidRecord:
    """An InvalidRecord at a path of the file, on the nearest line known."""
    return InvalidRecord(
        rule,
        field=_field(place),
        value=value,
        source=raw.source,
        key=raw.key,
        file=raw.file,
        line=_line(raw, place),
        fix=fix,
    )


def _one(raw: RawRecord, model: type[BaseModel], fault: Any) -> InvalidRecord:
    place, kind, given = tuple(fault["loc"]), fault["type"], fault.get("input")
    context = fault.get("ctx") or {}
    shown = given if isinstance(given, str) and not context.get("secret") else ""
    if kind == "extra_forbidden":
        owner = _owner(model, place[:-1])
        names = [f.alias or name for name, f in owner.model_fields.items()]
        fix = nearest(str(place[-1]), names) or "fields: " + ", ".join(sorted(names))
        return invalid(raw, place, "unknown field", value=shown if owner.__name__ != "Party" else "", fix=fix)
    if kind == "literal_error":
        return invalid(raw, place, f"must be {context.get('expected', '')}", value=shown)
    fix = str(context.get("fix", ""))
    return invalid(raw, place, _RULES.get(kind, fault["msg"]), value=shown, fix=fix)


def _owner(model: type[BaseModel], place: tuple[int | str, ...]) -> type[BaseModel]:
    for part in place:
        names = {f.alias or name: f for name, f in model.model_fields.items()}
        if part in names:
            model = _inner(names[str(part)].annotation) or model
    return model


def _inner(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for a in get_args(annotation) if (m := _inner(a))), None)


def _field(place: tuple[int | str, ...]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.lstrip(".") or "case file"


def _line(raw: RawRecord, place: tuple[int | str, ...]) -> int | None:
    lines: dict[str, int] = raw.fields.get("lines", {})
    for end in range(len(place), -1, -1):
        if found := lines.get("/".join(str(part) for part in place[:end])):
            return found
    return raw.line

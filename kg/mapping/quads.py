"""One named graph being written: the small parts that records and cases share."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from kg.iris import Iris
from kg.model import DateValue, ProvisionRef
from kg.namespaces import RDF_TYPE, SCHEME, enf, iri

GDPR: Final = "eu/reg/2016/679"
PARTY_CLASS: Final = {
    "legal-entity": "LegalEntity",
    "public-body": "PublicBody",
    "natural-person": "NaturalPerson",
}
_DATE: Final = iri("xsd:date")
_DECIMAL: Final = iri("xsd:decimal")


def concept(scheme: str, notation: str) -> NamedNode:
    """A concept of one of the project's schemes."""
    return NamedNode(f"{SCHEME}{scheme}/{notation}")


def decimal(number: Decimal) -> Literal:
    """An xsd:decimal in its canonical form (XSD 1.1 §3.3.3): no exponent, no trailing zeros."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return Literal(text, datatype=_DECIMAL)


@dataclass(slots=True)
class Graph:
    """Quads of one named graph, once each, in the order stated; adding None adds nothing."""

    name: NamedNode
    iris: Iris
    quads: dict[Quad, None] = field(default_factory=dict)

    def add(self, subject: NamedNode, predicate: NamedNode, value: NamedNode | Literal | None) -> None:
        if value is not None:
            self.quads[Quad(subject, predicate, value, self.name)] = None

    def type(self, subject: NamedNode, *locals_: str) -> None:
        for local in locals_:
            self.add(subject, RDF_TYPE, enf(local))

    def text(self, subject: NamedNode, predicate: NamedNode, value: str | None) -> None:
        self.add(subject, predicate, Literal(value) if value else None)

    def concept(self, subject: NamedNode, predicate: NamedNode, scheme: str, notation: str | None) -> None:
        self.add(subject, predicate, concept(scheme, notation) if notation else None)

    def decimal(self, subject: NamedNode, name: str, value: Decimal | None) -> None:
        self.add(subject, enf(name), None if value is None else decimal(value))

    def date(self, subject: NamedNode, name: str, value: DateValue | None) -> None:
        """The date if it is exact, its bounds and its precision (constraint 20)."""
        if value is None:
            return
        if value.precision == "day":
            self.day(subject, name, value)
        self.add(subject, enf(f"{name}Earliest"), Literal(value.earliest.isoformat(), datatype=_DATE))
        self.add(subject, enf(f"{name}Latest"), Literal(value.latest.isoformat(), datatype=_DATE))
        self.text(subject, enf(f"{name}Precision"), value.precision)

    def day(self, subject: NamedNode, name: str, value: DateValue | None) -> None:
        if value is not None:
            self.add(subject, enf(name), Literal(value.earliest.isoformat(), datatype=_DATE))

    def sum(
        self,
        node: NamedNode,
        currency: str,
        value: Decimal | None,
        minimum: Decimal | None,
        maximum: Decimal | None,
    ) -> None:
        """A MonetaryAmount: a currency (ISO 4217 code) and a value, or bounds of it."""
        self.type(node, "MonetaryAmount")
        self.add(node, enf("currency"), iri(f"cur:{currency}"))
        for name, number in (("value", value), ("minimumValue", minimum), ("maximumValue", maximum)):
            self.decimal(node, name, number)

    def provision(self, ref: ProvisionRef) -> NamedNode:
        """The provision's IRI. Parts of laws other than the GDPR, whose structure is reference
        data, are described here, with what they are part of."""
        node = self.iris.provision(ref.instrument, ref.path)
        if ref.instrument != GDPR and ref.path:
            steps = ref.path.split("/")
            for depth in range(len(steps), 0, -1):
                part = self.iris.provision(ref.instrument, "/".join(steps[:depth]))
                whole = self.iris.provision(ref.instrument, "/".join(steps[: depth - 1]))
                self.type(part, "Provision")
                self.add(part, enf("partOfProvision"), whole)
        return node

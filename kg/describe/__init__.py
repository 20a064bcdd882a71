"""The model described from its own files: RDF for machines, entries and diagrams for pages.

Everything is read from the files shipped in `ontology/`, never from a store.
"""

from __future__ import annotations

from kg.describe.constraints import Constraint, Group, constraint_groups, example
from kg.describe.diagram import Diagram, diagrams
from kg.describe.documents import (
    Document,
    concept_document,
    context,
    ontology_document,
    scheme_document,
    scheme_names,
    schemes_document,
    shapes_document,
    version,
)
from kg.describe.model import Ref, Text
from kg.describe.schemes import Concept, Scheme, find_concept, scheme
from kg.describe.vocabulary import Entry, Vocabulary, vocabulary
from kg.describe.words import LANGUAGES, words

__all__ = [
    "LANGUAGES",
    "Concept",
    "Constraint",
    "Diagram",
    "Document",
    "Entry",
    "Group",
    "Ref",
    "Scheme",
    "Text",
    "Vocabulary",
    "concept_document",
    "constraint_groups",
    "context",
    "diagrams",
    "example",
    "find_concept",
    "ontology_document",
    "scheme",
    "scheme_document",
    "scheme_names",
    "schemes_document",
    "shapes_document",
    "version",
    "vocabulary",
    "words",
]

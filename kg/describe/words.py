"""The words of the pages about the model, in the languages the ontology has labels in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = ("en", "fr")

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "aligned": ("matches elsewhere", "correspondances externes"),
    "alternative": ("also called", "autres libellés"),
    "annotation": ("Annotation properties", "Propriétés d’annotation"),
    "as_rdf": ("As RDF:", "En RDF :"),
    "broader": ("broader", "plus large"),
    "chain": ("follows from", "découle de"),
    "checked_by": (
        "Checked by the program before the shapes are.",
        "Contrôlée par le programme avant les formes.",
    ),
    "class": ("Classes", "Classes"),
    "class_kind": ("class", "classe"),
    "concepts": ("concepts", "concepts"),
    "conforms": ("conforming", "conforme"),
    "constraints": ("constraints", "contraintes"),
    "contents": ("Contents", "Sommaire"),
    "datatype": ("Datatype properties", "Propriétés de données"),
    "datatype_kind": ("datatype property", "propriété de données"),
    "annotation_kind": ("annotation property", "propriété d’annotation"),
    "deprecated": ("deprecated", "obsolète"),
    "diagram": ("The main classes", "Les classes principales"),
    "disjoint": ("disjoint with", "disjointe de"),
    "domain": ("domain", "domaine"),
    "domain_of": ("properties", "propriétés"),
    "each_property": (
        "The arrows, in words",
        "Les flèches, en toutes lettres",
    ),
    "equivalent": ("same as", "équivaut à"),
    "everything_with": ("everything with", "tout ce qui a :"),
    "example": ("Example", "Exemple"),
    "examples": ("examples", "exemples"),
    "fix": ("how to mend", "correction"),
    "implied": ("follows for", "découle pour"),
    "inverse": ("inverse", "inverse"),
    "language": ("Language", "Langue"),
    "legal_basis": ("legal basis", "base légale"),
    "match_broad": ("broader", "plus large"),
    "match_close": ("close", "proche"),
    "match_exact": ("exact", "exacte"),
    "match_narrow": ("narrower", "plus étroite"),
    "match_related": ("related", "associée"),
    "narrower": ("narrower", "plus étroit"),
    "no_targets": ("the graph as a whole", "le graphe entier"),
    "notation": ("notation", "notation"),
    "object": ("Object properties", "Propriétés d’objet"),
    "object_kind": ("object property", "propriété d’objet"),
    "ontology": ("Ontology", "Ontologie"),
    "profile_claim": ("claims", "allégations"),
    "profile_decision": ("decisions", "décisions"),
    "profile_record": ("records", "enregistrements"),
    "profile_reference": ("the model’s own files", "fichiers du modèle"),
    "range": ("range", "co-domaine"),
    "range_of": ("value of", "valeur de"),
    "replaced_by": ("use instead", "employer plutôt"),
    "rule": ("rule", "règle"),
    "schemes": ("Concept schemes", "Schémas de concepts"),
    "schemes_lead": (
        "The controlled vocabularies of the graph: powers, outcomes, stages, roles and kinds.",
        "Les vocabulaires contrôlés du graphe : pouvoirs, issues, stades, rôles et natures.",
    ),
    "see_also": ("see also", "voir aussi"),
    "severity": ("severity", "sévérité"),
    "severity_Info": ("information", "information"),
    "severity_Violation": ("violation", "violation"),
    "severity_Warning": ("warning", "avertissement"),
    "shapes": ("Constraints", "Contraintes"),
    "shapes_lead": (
        "What a graph must satisfy to be stored. A violation refuses it.",
        "Ce qu’un graphe doit respecter pour être enregistré. Une violation le fait refuser.",
    ),
    "some": ("that is", "qui est de la classe"),
    "sub_class": ("subclasses", "sous-classes"),
    "sub_property": ("subproperties", "sous-propriétés"),
    "super_class": ("subclass of", "sous-classe de"),
    "super_property": ("subproperty of", "sous-propriété de"),
    "symmetric": ("symmetric", "symétrique"),
    "targets": ("applies to", "s’applique à"),
    "then": ("then", "puis"),
    "traits": ("characteristics", "caractéristiques"),
    "transitive": ("transitive", "transitive"),
    "value_datatype": ("datatype", "type de données"),
    "value_scheme": ("values from", "valeurs tirées de"),
    "version": ("Version", "Version"),
    "violates": ("violating", "non conforme"),
    "why": ("why", "motif"),
    "with_property": ("having", "ayant"),
    "group_appeals": ("Appeals and cross-border cases", "Recours et affaires transfrontalières"),
    "group_law": ("Legal logic", "Logique juridique"),
    "group_money": ("Money", "Montants"),
    "group_provenance": ("Sources and the model itself", "Sources et modèle"),
    "group_structure": ("Structure and identity", "Structure et identité"),
    "group_time": ("Time", "Temps"),
}


def words(language: str) -> Mapping[str, str]:
    """The words in one of LANGUAGES, by key."""
    position = LANGUAGES.index(language)
    chosen = {key: both[position] for key, both in _WORDS.items()}
    if language == "fr":  # a no-break space before double punctuation
        return {key: re.sub(r" (?=[:;])", "\N{NO-BREAK SPACE}", text) for key, text in chosen.items()}
    return chosen

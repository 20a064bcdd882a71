"""The validation gate: SHACL shapes (`ontology/shapes/`) over one record or case at a time.

Every constraint is data: a named shape with its number, severity, messages, suggested fix
and legal basis. `Validator` runs the shapes of one profile over a batch of graphs and
returns one W3C validation report per graph.
"""

from kg.shapes.constraints import Constraint, Profile, ShapeSet
from kg.shapes.report import Report, Result, Severity
from kg.shapes.validator import Validator
from kg.shapes.waivers import Waiver, Waivers

__all__ = [
    "Constraint",
    "Profile",
    "Report",
    "Result",
    "Severity",
    "ShapeSet",
    "Validator",
    "Waiver",
    "Waivers",
]

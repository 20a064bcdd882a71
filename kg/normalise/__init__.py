"""What a source published, typed: dates with precision, money, provisions, authorities, parties."""

from kg.normalise.record import normalise, unsupported

__all__ = ["normalise", "unsupported"]

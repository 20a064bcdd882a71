"""Enforcement knowledge graph: regulatory enforcement decisions as RDF."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("enforcement-kg")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0.0.0"

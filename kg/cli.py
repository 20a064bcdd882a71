"""The command line: parse, call, print. Results go to standard output, all else to standard error."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import click
from pyoxigraph import QueryTriples

from kg import __version__
from kg.catalogue import NamedQuery, bind, load_queries
from kg.engine import read_term
from kg.errors import InvalidQuery, KGError, NotFound
from kg.formats import RDF, RESULTS, by_name
from kg.ingest import Options, Outcome, Quarantine, Summary, count
from kg.ingest import run as run_ingest
from kg.iris import Iris
from kg.release import PARTS, Part, dump
from kg.replica import Replica
from kg.settings import SETTINGS, Settings, read_settings
from kg.sources import SOURCES
from kg.store import Results, directory, open_store
from kg.web import create_app
from kg.web.serve import serve as run_server

SHOWN: Final = 20
"""Lines of one kind that are printed before the rest is only counted."""


class _Errors(click.Group):
    """Prints one clear line for the project's own errors and exits with 1."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except InvalidQuery as error:
            place = f"line {error.line}, column {error.column}: " if error.line else ""
            click.echo(f"kg: {error.title}: {place}{error.detail}", err=True)
        except KGError as error:
            click.echo(f"kg: {error.title}: {error}", err=True)
        except BrokenPipeError:
            sys.stderr.close()
        context.exit(1)
        return None


def settings_help() -> str:
    """The settings, as `kg --help` lists them."""
    return "\n".join(f"{s.name}  {s.help} [{s.default or 'none'}]" for s in SETTINGS)


@click.group(
    cls=_Errors,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=f"\b\nSettings (environment variables):\n{settings_help()}\n\nExample: kg ingest data/",
)
@click.version_option(__version__, prog_name="kg")
@click.option("--store", metavar="URL", help="The store: file:DIR or memory: [KG_STORE].")
@click.pass_context
def main(context: click.Context, store: str | None) -> None:
    """Enforcement knowledge graph: regulatory enforcement decisions as RDF.

    Exit codes: 0 all well, 1 something was rejected or failed, 2 bad usage.
    """
    context.obj = read_settings(os.environ | ({"KG_STORE": store} if store else {}))


@main.command(epilog="Example: kg ingest data/ --dry-run")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--source", metavar="NAME", help="The source of the files; by default they are recognised (kg sources)."
)
@click.option("--dry-run", is_flag=True, help="Read, type and validate everything; write nothing.")
@click.option(
    "--quarantine",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for refused records [beside the store].",
)
@click.option("--as-of", metavar="DATE", help="Day up to which acts can have happened [today].")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=min(2, os.cpu_count() or 1),
    show_default=True,
    help="Worker processes.",
)
@click.option("--verbose", "-v", is_flag=True, help="Print every line, not only the first of each kind.")
@click.pass_obj
def ingest(
    settings: Settings,
    paths: tuple[Path, ...],
    source: str | None,
    dry_run: bool,
    quarantine: Path | None,
    as_of: str | None,
    processes: int,
    verbose: bool,
) -> None:
    """Ingest files or folders: every record is stored, or refused with a reason.

    A record that breaks a rule is put into quarantine with its W3C validation report and the
    run goes on. Ingesting again changes nothing; a changed record replaces its old graph.
    """
    options = Options(_day(as_of), Iris(settings.base_iri), source, dry_run, processes)
    summary = Summary()
    total = count(paths, options) if sys.stderr.isatty() else None
    with open_store("memory:" if dry_run else settings.store, write=True) as store:
        waiting = Quarantine(quarantine or _quarantine_folder(settings.store))
        _follow(run_ingest(store, paths, options, waiting), total, summary, verbose)
    click.echo(
        "\n".join(summary.lines(verbose=verbose)) + (" (dry run: nothing was written)" if dry_run else ""),
        err=True,
    )
    sys.exit(1 if summary.count("rejected") or summary.count("failed") else 0)


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a date (YYYY-MM-DD)", param_hint="--as-of") from None


def _quarantine_folder(store: str) -> Path:
    return directory(store) / "quarantine" if store.startswith("file:") else Path("quarantine")


def _follow(outcomes: Iterator[Outcome], total: int | None, summary: Summary, verbose: bool) -> None:
    """Count the outcomes and print what a curator must see; with a total, under a progress bar."""
    shown: Counter[str] = Counter()
    clear = "" if total is None else "\r\033[K"
    with ExitStack() as stack:
        bar = stack.enter_context(_bar(total)) if total else None
        for outcome in outcomes:
            summary.add(outcome)
            for kind, line in _lines(outcome, verbose):
                shown[kind] += 1
                if verbose or shown[kind] <= SHOWN:
                    click.echo(clear + line, err=True)
                elif shown[kind] == SHOWN + 1:
                    click.echo(
                        f"{clear}… more of this kind ({kind}) are only counted: see --verbose", err=True
                    )
            if bar is not None:
                bar.update(1)


def _bar(total: int) -> Any:
    return click.progressbar(length=total, label="records", file=sys.stderr, show_pos=True)


def _lines(outcome: Outcome, warnings: bool) -> Iterator[tuple[str, str]]:
    if outcome.kind in ("rejected", "failed"):
        for problem in (p for p in outcome.problems if p.severity == "Violation"):
            yield outcome.kind, f"{outcome.kind}: {outcome.place(problem)}: {problem.text()}"
    elif outcome.kind == "stored":
        for problem in outcome.problems if warnings else ():
            yield "warning", f"{problem.severity.lower()}: {outcome.place(problem)}: {problem.text()}"
        for item in outcome.kept:
            written = "(withheld)" if item.verbatim is None else repr(item.verbatim)
            fix = f" (fix: {item.fix})" if item.fix else ""
            yield (
                "kept",
                f"kept as written: {outcome.place()}: {item.field} value {written}: {item.rule}{fix}",
            )


@main.command(epilog="Example: kg query fines-by-country --format csv")
@click.argument("name", required=False)
@click.option(
    "--param", "-p", "given", multiple=True, metavar="NAME=VALUE", help="A parameter of the named query."
)
@click.option("--text", "-e", help="SPARQL text instead of a named query; - reads standard input.")
@click.option(
    "--format",
    "-f",
    "form",
    default="csv",
    show_default=True,
    help="csv, tsv, json, xml; turtle, ntriples, … for CONSTRUCT.",
)
@click.pass_obj
def query(settings: Settings, name: str | None, given: tuple[str, ...], text: str | None, form: str) -> None:
    """Run a named query (without NAME: list them) or SPARQL text, and print the result."""
    if text is None and name is None:
        for known in load_queries().values():
            click.echo(f"{known.name:36} {known.title}")
        return
    bindings: dict[str, Any] = {}
    if text is None:
        named = _named(name or "")
        bound = bind(named, dict(_pair(item) for item in given), base=settings.base_iri)
        text, bindings = named.text, {variable: read_term(term) for variable, term in bound.items()}
    elif text == "-":
        text = sys.stdin.read()
    with open_store(settings.store, write=False) as store:
        results = store.query(text, substitutions=bindings)
        _print_results(results, form)


def _named(name: str) -> NamedQuery:
    known = load_queries()
    if name not in known:
        near = get_close_matches(name, known, n=3)
        hint = f"; did you mean {', '.join(near)}?" if near else "; `kg query` lists them"
        raise NotFound(f"no query is called {name!r}{hint}")
    return known[name]


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r}: write NAME=VALUE", param_hint="--param")
    return name, value


def _print_results(results: Results, form: str) -> None:
    formats = RDF if isinstance(results, QueryTriples) else RESULTS
    chosen = by_name(formats, form) or (by_name(RDF, "turtle") if formats is RDF and form == "csv" else None)
    if chosen is None:
        names = ", ".join(f.name for f in formats)
        raise click.BadParameter(
            f"{form!r} cannot hold this result; use one of {names}", param_hint="--format"
        )
    out = sys.stdout.buffer
    results.serialize(out, chosen.engine)  # type: ignore[arg-type]
    out.flush()


@main.command("dump", epilog="Example: kg dump --format nquads --output asserted.nq")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice([f.name for f in RDF]),
    default="trig",
    show_default=True,
    help="One-graph formats carry the public graphs only.",
)
@click.option(
    "--part",
    type=click.Choice(PARTS),
    default="asserted",
    show_default=True,
    help="What sources and curators state, or what follows from it.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; standard output otherwise.",
)
@click.pass_obj
def dump_command(settings: Settings, form: str, part: Part, output: Path | None) -> None:
    """Write the graph as a file: the same content gives the same bytes."""
    chosen = by_name(RDF, form)
    assert chosen is not None, "the choice is among the formats"
    with open_store(settings.store, write=False) as store:
        if output is None:
            dump(store, sys.stdout.buffer, chosen, part)
            return
        aside = output.with_name(output.name + ".part")
        with aside.open("wb") as file:
            count = dump(store, file, chosen, part)
        aside.replace(output)
        click.echo(f"{output}: {count} statements", err=True)


@main.command(epilog="Example: kg serve --port 8000")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port to listen on."
)
@click.pass_obj
def serve(settings: Settings, host: str, port: int) -> None:
    """Serve the newest published version over HTTP: SPARQL, named queries, pages."""
    with closing(Replica.open(directory(settings.store), settings)) as replica:
        run_server(create_app(replica, settings), host, port)


@main.command("sources", epilog="Example: kg sources")
def list_sources() -> None:
    """List the sources whose files can be ingested."""
    for source in SOURCES.values():
        click.echo(f"{source.name:20} {source.suffix:12} {source.title}")


if __name__ == "__main__":
    main()

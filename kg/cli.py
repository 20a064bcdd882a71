"""The command line: parse, call, print. Results go to standard output, all else to standard error."""

from __future__ import annotations

import json
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
from pyoxigraph import Literal, NamedNode, QueryTriples, RdfFormat, serialize

from kg import __version__
from kg.catalogue import NamedQuery, bind, load_queries
from kg.engine import current_version, read_term
from kg.errors import InvalidQuery, KGError, NotFound
from kg.explain import as_json as step_json
from kg.explain import as_lines, explain
from kg.formats import RDF, RESULTS, by_name
from kg.ingest import (
    LANGUAGES,
    WORST_FIRST,
    Counts,
    Finding,
    Language,
    Options,
    Outcome,
    Quarantine,
    Summary,
    as_json,
    as_text,
    as_triples,
    count,
    validate_files,
    validate_store,
)
from kg.ingest import run as run_ingest
from kg.iris import Iris
from kg.namespaces import PREFIXES, RDF_TYPE
from kg.release import PARTS, Part, dump
from kg.replica import Replica
from kg.settings import SETTINGS, Settings, read_settings
from kg.shapes import Severity
from kg.sources import SOURCES
from kg.store import Results, Store, directory, open_store
from kg.web import create_app
from kg.web.serve import serve as run_server

REPORTS: Final = {"turtle": RdfFormat.TURTLE, "jsonld": RdfFormat.JSON_LD}
"""The formats of a validation report in RDF."""

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
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False))
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
    with _store_for(settings.store, dry_run) as store:
        waiting = Quarantine(quarantine or _quarantine_folder(settings.store))
        _follow(run_ingest(store, paths, options, waiting), total, summary, verbose)
    lines = list(summary.lines(verbose=verbose)) or ["no file that a source could read (kg sources)"]
    click.echo(
        "\n".join(lines) + (" (dry run: nothing was written)" if dry_run else ""),
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


def _store_for(url: str, dry_run: bool) -> Store:
    """The store to write; for a dry run what is published of it, or nothing."""
    if not dry_run:
        return open_store(url, write=True)
    published = url.startswith("file:") and current_version(directory(url)) is not None
    return open_store(url, write=False) if published else open_store("memory:", write=True)


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
        for problem in (p for p in outcome.problems if p.fails):
            yield outcome.kind, f"{outcome.kind}: {outcome.place(problem)}: {problem.text()}"
    elif outcome.kind == "stored":
        for problem in outcome.problems if warnings else ():
            kind = "waived" if problem.waived else problem.severity.lower()
            yield "warning", f"{kind}: {outcome.place(problem)}: {problem.text()}"
        for item in outcome.kept:
            written = "(withheld)" if item.verbatim is None else repr(item.verbatim)
            fix = f" (fix: {item.fix})" if item.fix else ""
            yield (
                "kept",
                f"kept as written: {outcome.place()}: {item.field} value {written}: {item.rule}{fix}",
            )


@main.command(epilog="Example: kg validate data/ --severity Violation")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--source", metavar="NAME", help="The source of the files; by default they are recognised.")
@click.option(
    "--severity",
    type=click.Choice(WORST_FIRST),
    default="Warning",
    show_default=True,
    help="Leave out what is less grave.",
)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["text", *REPORTS, "json"]),
    default="text",
    show_default=True,
    help="For people, one W3C validation report, or an array.",
)
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of the messages."
)
@click.option("--as-of", metavar="DATE", help="Day up to which acts can have happened [today].")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=min(2, os.cpu_count() or 1),
    show_default=True,
    help="Worker processes.",
)
@click.pass_obj
def validate(
    settings: Settings,
    paths: tuple[Path, ...],
    source: str | None,
    severity: Severity,
    form: str,
    lang: Language,
    as_of: str | None,
    processes: int,
) -> None:
    """Validate files (sources', cases, RDF graphs), or without PATHS the newest version of the store.

    Writes nothing. Exit code 1 if there is a Violation that no waiver accepts, whatever is shown.
    """
    options = Options(_day(as_of), Iris(settings.base_iri), source, dry_run=True, processes=processes)
    counts = Counts()
    with ExitStack() as stack:
        if paths:
            findings = validate_files(paths, options)
        else:
            store = stack.enter_context(open_store(settings.store, write=False))
            findings = validate_store(store, options)
        _print_findings(_shown(findings, severity, counts, lang), form, lang, options.iris)
    click.echo("\n".join([*counts.lines(lang), f"{counts.failing} to mend"]), err=True)
    sys.exit(1 if counts.failing else 0)


def _shown(
    findings: Iterator[Finding], severity: Severity, counts: Counts, lang: Language
) -> Iterator[Finding]:
    """The findings that are grave enough; all are counted."""
    for finding in findings:
        counts.add(finding, lang)
        if WORST_FIRST.index(finding.severity) <= WORST_FIRST.index(severity):
            yield finding


def _print_findings(findings: Iterator[Finding], form: str, lang: Language, iris: Iris) -> None:
    if form in REPORTS:
        serialize(as_triples(findings, iris), sys.stdout.buffer, REPORTS[form], prefixes=PREFIXES)
    elif form == "text":
        for finding in findings:
            click.echo(as_text(finding, lang))
    else:
        before = "[\n"
        for finding in findings:
            click.echo(before + json.dumps(as_json(finding, lang), ensure_ascii=False), nl=False)
            before = ",\n"
        click.echo("[]" if before == "[\n" else "\n]")


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


@main.command(epilog="Example: kg why id:decision/fr-cnil/SAN-2022-019 enf:hasRespondent")
@click.argument("subject")
@click.argument("predicate", required=False)
@click.argument("object_", metavar="[OBJECT]", required=False)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or an array.",
)
@click.pass_obj
def why(settings: Settings, subject: str, predicate: str | None, object_: str | None, form: str) -> None:
    """Show the axioms and facts that the inferred statements about SUBJECT follow from.

    Terms are IRIs or prefixed names (enf:Decision, id:decision/…, a); OBJECT may be a literal.
    """
    about, by = _node(subject, "SUBJECT"), _node(predicate, "PREDICATE") if predicate else None
    value = _term(object_) if object_ else None
    with open_store(settings.store, write=False) as store:
        steps = explain(store, Iris(settings.base_iri), about, by, value)
    if form == "json":
        click.echo(json.dumps([step_json(step) for step in steps], ensure_ascii=False, indent=1))
    else:
        click.echo("\n\n".join("\n".join(as_lines(step)) for step in steps))


def _term(text: str) -> NamedNode | Literal:
    """A term of the command line: a prefixed name, an IRI or a literal."""
    prefix, colon, local = text.partition(":")
    try:
        if text == "a":
            return RDF_TYPE
        if colon and prefix in PREFIXES:
            return NamedNode(PREFIXES[prefix] + local)
        return NamedNode(text) if prefix in ("http", "https") else read_term(text)
    except (ValueError, SyntaxError):
        raise click.BadParameter(f"{text!r} is no IRI, prefixed name or literal") from None


def _node(text: str, name: str) -> NamedNode:
    term = _term(text)
    if not isinstance(term, NamedNode):
        raise click.BadParameter(f"{text!r} is not an IRI or a prefixed name", param_hint=name)
    return term


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

"""The store on disk: its lock, its watermark, its checkpoints, and what damage does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import NamedNode

from kg.engine import current_version, hold_current
from kg.errors import StoreUnavailable
from kg.namespaces import BASE
from kg.store import Store, open_store

GRAPH = NamedNode(f"{BASE}graph/decision/x/1")
TRIPLE = '<https://e.example/{}> <https://e.example/p> "x" .\n'


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "kg"


def writer(directory: Path) -> Store:
    return open_store(f"file:{directory}", write=True)


def reader(directory: Path) -> Store:
    return open_store(f"file:{directory}", write=False)


def add(store: Store, number: int) -> None:
    store.apply([], [(GRAPH, TRIPLE.format(number))])


def test_content_survives_closing(directory: Path) -> None:
    with writer(directory) as store:
        add(store, 1)
    with writer(directory) as store:
        add(store, 2)
        assert store.count() == 2


def test_a_second_process_is_told_who_writes(directory: Path) -> None:
    code = "import sys; from kg.store import open_store; open_store(sys.argv[1], write=True)"
    with writer(directory):
        command = [sys.executable, "-c", code, f"file:{directory}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert done.returncode == 1
        assert f"is being written by process {os.getpid()}" in done.stderr
    subprocess.run(command, check=True, timeout=30)


def test_a_second_writer_in_this_process_is_refused(directory: Path) -> None:
    with writer(directory), pytest.raises(StoreUnavailable, match=f"process {os.getpid()}"):
        writer(directory)


def test_a_fork_may_not_use_the_store(directory: Path) -> None:
    with writer(directory) as store:
        child = os.fork()
        if child == 0:
            try:
                add(store, 1)
            except StoreUnavailable:
                os._exit(7)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
        add(store, 2)
        assert store.count() == 1


def test_readers_see_only_what_is_published(directory: Path) -> None:
    with writer(directory) as store:
        with pytest.raises(StoreUnavailable, match="nothing is published"):
            reader(directory)
        add(store, 1)
        version = store.publish()
        add(store, 2)
        with reader(directory) as other:
            assert other.count() == 1
            with pytest.raises(StoreUnavailable, match="reading only"):
                add(other, 3)
        assert current_version(directory) == version


def test_an_empty_store_is_not_published(directory: Path) -> None:
    with writer(directory) as store, pytest.raises(StoreUnavailable, match="nothing to publish"):
        store.publish()


def test_publishing_twice_changes_nothing(directory: Path) -> None:
    with writer(directory) as store:
        add(store, 1)
        assert store.publish() == store.publish()
        assert len(os.listdir(directory / "checkpoints")) == 1


def test_the_same_writes_give_the_same_version(tmp_path: Path) -> None:
    versions = set()
    for name in ("a", "b"):
        with writer(tmp_path / name) as store:
            add(store, 1)
            versions.add(store.publish())
    assert len(versions) == 1


def test_the_current_and_the_previous_version_are_kept(directory: Path) -> None:
    with writer(directory) as store:
        versions = []
        for number in range(12):
            add(store, number)
            versions.append(str(store.publish()))
        assert sorted(os.listdir(directory / "checkpoints")) == sorted(versions[-2:])


def test_a_version_being_read_is_kept(directory: Path) -> None:
    with writer(directory) as store:
        add(store, 0)
        first = store.publish()
        with reader(directory) as other:
            for number in range(1, 5):
                add(store, number)
                store.publish()
            assert other.count() == 1
            assert first in os.listdir(directory / "checkpoints")
        add(store, 9)
        store.publish()
        assert first not in os.listdir(directory / "checkpoints")


def test_leftovers_of_a_killed_publication_are_removed(directory: Path) -> None:
    with writer(directory) as store:
        add(store, 1)
        version = store.publish()
    for name in ("partial-2-0123456789ab", "9-0123456789ab", "junk"):
        (directory / "checkpoints" / name).mkdir()
    with writer(directory):
        assert os.listdir(directory / "checkpoints") == [version]


def test_a_damaged_current_is_reported(directory: Path) -> None:
    with writer(directory) as store:
        add(store, 1)
        version = store.publish()
    (directory / "CURRENT").write_text("../../etc\n")
    with pytest.raises(StoreUnavailable, match="not the name of a version"):
        reader(directory)
    (directory / "CURRENT").write_text(f"{version}\n")
    shutil.rmtree(directory / "checkpoints" / str(version))
    with pytest.raises(StoreUnavailable, match="missing"):
        hold_current(directory)


def test_a_rolled_back_database_is_refused(directory: Path) -> None:
    with writer(directory) as store:
        add(store, 1)
    shutil.copytree(directory / "db", directory.parent / "old")
    with writer(directory) as store:
        add(store, 2)
    shutil.rmtree(directory / "db")
    shutil.copytree(directory.parent / "old", directory / "db")
    with pytest.raises(StoreUnavailable, match="damaged or rolled back: it has 1 writes, 2 were"):
        writer(directory)


def test_another_history_is_refused(directory: Path, tmp_path: Path) -> None:
    for place, number in ((directory, 1), (tmp_path / "other", 2)):
        with writer(place) as store:
            add(store, number)
    shutil.rmtree(directory / "db")
    shutil.copytree(tmp_path / "other" / "db", directory / "db")
    with pytest.raises(StoreUnavailable, match="its content is another"):
        writer(directory)


@pytest.mark.parametrize("empty", [True, False])
def test_a_lost_database_is_refused(directory: Path, empty: bool) -> None:
    with writer(directory) as store:
        add(store, 1)
    shutil.rmtree(directory / "db")
    if empty:
        (directory / "db").mkdir()
    with pytest.raises(StoreUnavailable, match="the database is missing"):
        writer(directory)
    assert not (directory / "db" / "CURRENT").exists()


def test_cut_tables_are_refused(directory: Path) -> None:
    code = (
        "import os, sys\nfrom pyoxigraph import NamedNode\nfrom kg.store import open_store\n"
        "store = open_store(sys.argv[1], write=True)\n"
        "store.replace_graph(NamedNode('https://e.example/graph/law'), '<x:a> <x:b> <x:c> .')\nos._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, f"file:{directory}"], check=True, timeout=30)
    for table in (directory / "db").glob("*.sst"):
        table.write_bytes(b"")
    with pytest.raises(StoreUnavailable):
        writer(directory)


def test_a_damaged_watermark_is_refused(directory: Path) -> None:
    with writer(directory) as store:
        add(store, 1)
    (directory / "watermark.json").write_text("{")
    with pytest.raises(StoreUnavailable, match="damaged"):
        writer(directory)


def test_a_lost_watermark_is_made_again(directory: Path) -> None:
    with writer(directory) as store:
        add(store, 1)
    before = (directory / "watermark.json").read_text()
    (directory / "watermark.json").unlink()
    with writer(directory) as store:
        assert store.count() == 1
    assert (directory / "watermark.json").read_text() == before


def test_a_checkpoint_restores_a_store(directory: Path, tmp_path: Path) -> None:
    with writer(directory) as store:
        add(store, 1)
        version = store.publish()
    shutil.copytree(directory / "checkpoints" / str(version), tmp_path / "restored" / "db")
    with writer(tmp_path / "restored") as store:
        assert store.count() == 1
        assert store.publish() == version


def test_foreign_directories_are_not_touched(directory: Path) -> None:
    directory.mkdir()
    (directory / "thesis.doc").write_text("mine")
    with pytest.raises(StoreUnavailable, match="other files"):
        writer(directory)
    assert os.listdir(directory) == ["thesis.doc"]


def test_a_foreign_db_directory_is_not_touched(directory: Path) -> None:
    (directory / "db").mkdir(parents=True)
    (directory / "db" / "customers.csv").write_text("mine")
    with pytest.raises(StoreUnavailable, match="not made by this program"):
        writer(directory)
    assert os.listdir(directory / "db") == ["customers.csv"]


def test_a_volume_with_lost_and_found_is_a_new_store(directory: Path) -> None:
    (directory / "lost+found").mkdir(parents=True)
    with writer(directory) as store:
        add(store, 1)


def test_an_impossible_directory_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable):
        writer(tmp_path / "file" / "kg")
    with pytest.raises(StoreUnavailable):
        writer(tmp_path / "file")
    with pytest.raises(StoreUnavailable):
        reader(tmp_path / "absent")

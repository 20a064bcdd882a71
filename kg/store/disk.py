"""pyoxigraph on disk: one writer, a watermark, published checkpoints.

DIR/db             the live database, opened by the writer alone
DIR/checkpoints/V  published versions: the current one and the one before
DIR/CURRENT        the name of the version published last
DIR/lock           held by the writer; its text is the writer's process id
DIR/watermark.json the last acknowledged write: a store that has less is damaged
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.engine import CHECKPOINTS, CURRENT, VERSION, Checkpoint, current_version, hold_current
from kg.errors import StoreUnavailable
from kg.store.embedded import MemoryStore, engine_errors
from kg.store.statements import State

_OURS: Final = {"db", CHECKPOINTS, CURRENT, "lock", "watermark.json", "quarantine", "lost+found"}
_WATERMARK: Final = "watermark.json"


class FileStore(MemoryStore):
    """A store in a directory. A reader holds the version that was current when it was opened."""

    def __init__(self, directory: Path, *, write: bool) -> None:
        super().__init__(write=write)
        self._name = f"store {directory}"
        self._directory = directory
        self._process = os.getpid()
        self._held: Checkpoint | None = None
        self._lock_handle = -1
        self._failed = False
        self._engine = None
        with _file_errors(self._name):
            if write:
                self._open_writer()
            else:
                self._open_reader()

    def publish(self) -> str | None:
        with self._lock, _file_errors(self._name):
            engine = self._writable()
            version = self._state.version
            if self._state.generation == 0:
                raise StoreUnavailable(f"{self._name} is empty: nothing to publish")
            if current_version(self._directory) == version:
                return version
            self._merge(engine)
            folder = self._directory / CHECKPOINTS
            folder.mkdir(exist_ok=True)
            partial = folder / f"partial-{version}"
            shutil.rmtree(partial, ignore_errors=True)
            with engine_errors(self._name):
                engine.backup(partial)
            _sync(partial)
            shutil.rmtree(folder / version, ignore_errors=True)
            partial.rename(folder / version)
            _sync(folder)
            _write(self._directory / CURRENT, f"{version}\n")
            _sync(self._directory)
            self._prune()
            return version

    def close(self) -> None:
        super().close()
        if self._held is not None:
            self._held.close()
            self._held = None
        if self._lock_handle >= 0:
            os.close(self._lock_handle)
            self._lock_handle = -1

    def _open(self) -> ox.Store:
        if os.getpid() != self._process:
            raise StoreUnavailable(
                f"{self._name} was opened before a fork: open it in the process that uses it"
            )
        return super()._open()

    def _writable(self) -> ox.Store:
        if self._failed and self._writes:
            self._reopen()
        return super()._writable()

    def _commit(self, text: str, *, separator: str) -> None:
        self._writable()
        try:
            super()._commit(text, separator=separator)
            with engine_errors(self._name), _file_errors(self._name):
                self._open().flush()
                self._write_watermark(self._state)
        except StoreUnavailable:
            self._failed = True  # after a full disk the engine refuses every write until reopened
            raise

    def _reopen(self) -> None:
        self._engine = None
        try:
            with _file_errors(self._name):
                self._open_database()
        except StoreUnavailable:  # still full: reads go on
            with engine_errors(self._name):
                self._engine = ox.Store.read_only(str(self._directory / "db"))
            raise
        self._failed = False

    def _open_reader(self) -> None:
        self._held = hold_current(self._directory)
        if self._held is None:
            raise StoreUnavailable(f"{self._name}: nothing is published there yet")
        try:
            with engine_errors(self._name):
                self._engine = ox.Store.read_only(str(self._held.path))
        except StoreUnavailable:
            self.close()
            raise

    def _open_writer(self) -> None:
        present = set(os.listdir(self._directory)) if self._directory.is_dir() else set()
        if "db" not in present and present - _OURS:
            raise StoreUnavailable(f"{self._name}: the directory holds other files; not touched")
        self._directory.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        try:
            self._open_database()
            self._prune()
        except BaseException:
            self.close()
            raise

    def _take_lock(self) -> None:
        path = self._directory / "lock"
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(handle)
            raise StoreUnavailable(f"{self._name} is being written by process {holder}") from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        self._lock_handle = handle

    def _open_database(self) -> None:
        """Open the live database and compare it with the watermark."""
        database, mark = self._directory / "db", self._read_watermark()
        if not (database / "CURRENT").exists():
            if mark is not None and mark.generation:
                raise self._damaged("the database is missing", mark)
            if mark is None and database.exists() and os.listdir(database):
                raise self._foreign()
            self._write_watermark(State())  # from here on, whatever is in `db` is ours
        with engine_errors(self._name):
            self._engine = ox.Store(database)
        state = self._read_state()
        if state is None and next(iter(self._engine), None) is not None:
            raise self._foreign()
        self._state = state or State()
        if mark is None:
            self._write_watermark(self._state)
        elif self._state.generation < mark.generation:
            raise self._damaged(f"it has {self._state.generation} writes", mark)
        elif self._state.generation == mark.generation and self._state.digest != mark.digest:
            raise self._damaged("its content is another", mark)

    def _foreign(self) -> StoreUnavailable:
        return StoreUnavailable(f"{self._name}: the database was not made by this program; not touched")

    def _damaged(self, what: str, mark: State) -> StoreUnavailable:
        return StoreUnavailable(
            f"{self._name} is damaged or rolled back: {what}, {mark.generation} were acknowledged; "
            "restore a backup or ingest anew into an empty directory"
        )

    def _read_watermark(self) -> State | None:
        path = self._directory / _WATERMARK
        try:
            stored = json.loads(path.read_text("utf-8"))
            return State(int(stored["generation"]), str(stored["digest"]))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise StoreUnavailable(f"{path}: damaged: {error}") from error

    def _write_watermark(self, state: State) -> None:
        stored = {"generation": state.generation, "digest": state.digest}
        _write(self._directory / _WATERMARK, json.dumps(stored) + "\n")

    def _prune(self) -> None:
        """Remove checkpoints except the current one, the one before, and those being read."""
        folder, current = self._directory / CHECKPOINTS, current_version(self._directory)
        if not folder.is_dir():
            return
        present = {name: found for name in os.listdir(folder) if (found := VERSION.fullmatch(name))}
        ordered = sorted(present, key=lambda name: int(present[name][1]))
        before = ordered[: ordered.index(current)][-1:] if current in present else []
        for name in sorted(set(os.listdir(folder)) - {current, *before}):
            _remove_unless_held(folder / name)


@contextmanager
def _file_errors(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"{what}: {error.strerror or error}") from error


def _remove_unless_held(path: Path) -> None:
    if not path.is_dir():
        path.unlink(missing_ok=True)
        return
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path)
    finally:
        os.close(handle)


def _write(path: Path, text: str) -> None:
    """Replace a small file: after a crash it holds the old text or the new one."""
    temporary = path.with_name(f"{path.name}.new")
    with open(temporary, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

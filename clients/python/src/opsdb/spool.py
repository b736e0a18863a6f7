"""The writes of one token to one site that nobody could be given yet.

A directory holds for each site and token a log, one JSON object a line: the writes in the order in which they were
made, and a note for each that has arrived since, or in whose place another stands, with what is left of it. An entry is
there when it is on the disk. What the server refused for good stands in a file of its own, with what depends on it,
until a person has decided. Tokens are never written.

Two locks hold for all processes of the user: that of the log, for as long as a line is written, and that of the flush,
for as long as somebody sends. So nobody waits for another one's network.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ._config import Site
from ._exchange import Request
from ._values import new_id
from .errors import OpsError

log = logging.getLogger("opsdb")


@dataclass(frozen=True)
class Write:
    """A request that records something, with all it takes to send it at any time."""

    key: str
    """The Idempotency-Key, the same for ever."""
    operation: str
    method: str
    path: str
    body: Any
    ids: tuple[str, ...]
    """The records it is about."""
    makes: tuple[str, ...] = ()
    """The records that do not exist without it."""
    needs: tuple[str, ...] = ()
    """The records it cannot be without."""
    made_at: str = ""
    refusal: Mapping[str, Any] | None = None
    """The problem for which it was set aside."""
    behind: str | None = None
    """The key of the refused write for which it was set aside."""

    def request(self) -> Request:
        """The same request each time."""
        body = None if self.body is None else json.dumps(self.body, allow_nan=False).encode()
        headers = {"Idempotency-Key": self.key, "Content-Type": "application/json"}
        return Request(self.method, self.path, body, headers)


class Spool:
    """The files of one site and token."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._log = directory / "log.jsonl"
        self._refused = directory / "refused.jsonl"

    @classmethod
    def of(cls, site: Site, base: Path | None = None) -> Spool:
        """The spool for a site and token; nothing is made before something is put into it."""
        parts = urlsplit(site.url)
        name = re.sub("[^a-z0-9.]+", "-", f"{parts.netloc}{parts.path}".lower())
        return cls((base or root()) / f"{name}-{site.fingerprint}")

    def neighbours(self) -> list[Spool]:
        """Spools of other tokens for the same site, with something in them."""
        folders = self.directory.parent.glob(f"{self.directory.name.rpartition('-')[0]}-{'[0-9a-f]' * 12}")
        return [spool for spool in map(Spool, folders) if spool.directory != self.directory and spool.waiting()]

    def waiting(self) -> bool:
        """Whether there may be something to send; costs next to nothing."""
        try:
            return self._log.stat().st_size > 0
        except (FileNotFoundError, NotADirectoryError):
            return False

    def trouble(self) -> str | None:
        """Why nothing could be put into it now."""
        folder = self.directory
        try:
            while not folder.exists():
                folder = folder.parent
        except OSError as cause:
            return str(cause)
        if folder.is_dir() and os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            return None
        return f"{folder} is no folder that this user can write to"

    def append(self, write: Write) -> None:
        """Puts a write at the end. When it returns the write is on the disk."""
        with self._locked():
            _append(self._log, [asdict(write)])

    def pending(self) -> list[Write]:
        """What has not arrived yet, in order."""
        waiting: dict[str, Write] = {}
        places: dict[str, str] = {}  # of writes that stand where others stood
        for line in _read(self._log):
            if "done" not in line:
                write = _write(line)
                waiting.setdefault(write.key, write)
                continue
            place = places.pop(line["done"], line["done"])
            successor = waiting.pop(line.get("instead", ""), None)
            if successor is None:
                waiting.pop(place, None)
            else:
                waiting[place] = successor
                places[successor.key] = place
        return list(waiting.values())

    def done(self, write: Write) -> None:
        """Notes that a write has arrived. If the note gets lost it arrives once more, which changes nothing."""
        with self._locked():
            _append(self._log, [{"done": write.key}], sync=False)

    def refused(self) -> list[Write]:
        """What was set aside, in order."""
        return list({write.key: write for write in map(_write, _read(self._refused))}.values())

    def set_aside(self, write: Write, *, refusal: Mapping[str, Any] | None = None, behind: str | None = None) -> None:
        """Moves a write to those that were refused."""
        with self._locked():
            _append(self._refused, [asdict(replace(write, refusal=refusal, behind=behind))])
            _append(self._log, [{"done": write.key}])

    def split(self, write: Write, refused: Iterable[Write], rest: Write) -> None:
        """Moves parts of a write to those that were refused, and puts the rest into its place. Killed in between, it
        waits whole, and has its parts twice until somebody takes them back.
        """
        with self._locked():
            _append(self._refused, [asdict(part) for part in refused])
            _append(self._log, [asdict(rest), {"done": write.key, "instead": rest.key}])

    def behind(self, write: Write) -> str | None:
        """The key of the refused write that makes what this one needs."""
        for other in self.refused():
            if set(other.makes) & set(write.needs):
                return other.behind or other.key
        return None

    def retry(self, keys: Iterable[str]) -> int:
        """Puts refused writes, with what depends on them, back at the end of the log, and tells how many."""
        return self._release(set(keys), lambda _: True)

    def discard(self, keys: Iterable[str]) -> int:
        """Gives refused writes up, with what depends on them, and tells how many."""
        return self._release(set(keys), lambda _: False)

    def take_back(self, keys: Iterable[str]) -> None:
        """Takes parts back from those that were refused, because the write that has them waits whole. What depends on
        them goes back into the log.
        """
        parts = set(keys)
        self._release(parts, lambda write: write.key not in parts)

    def _release(self, keys: set[str], keep: Callable[[Write], bool]) -> int:
        with self._locked():
            everything = self.refused()
            chosen = [w for w in everything if w.key in keys or w.behind in keys]
            if not chosen:
                return 0
            _append(self._log, [asdict(replace(w, refusal=None, behind=None)) for w in chosen if keep(w)])
            rest = [asdict(w) for w in everything if w not in chosen]
            fresh = self._refused.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            _append(fresh, rest)
            if _damaged(self._refused):
                _beside(self._refused).hardlink_to(self._refused)
            fresh.replace(self._refused)
            _sync_directory(self.directory)
        return len(chosen)

    def adopt(self, other: Spool) -> int:
        """Takes over what waits in the spool of another token, and tells how much that was. OpsError for its own, in
        which it would cross out what it has just taken over.
        """
        if self.directory.exists() and self.directory.samefile(other.directory):
            raise OpsError(f"{other.directory} is the spool of this very token: opsdb-spool flush sends what is in it")
        with other.flushing() as ours:
            writes = other.pending() if ours else []
            for write in writes:
                self.append(write)
                other.done(write)
            if ours:
                other.tidy()
        return len(writes)

    def tidy(self) -> None:
        """Empties the log if everything in it has arrived."""
        with self._locked():
            if self.waiting() and not self.pending():
                if _damaged(self._log):
                    self._log.rename(_beside(self._log))
                    return
                with self._log.open("r+b") as file:
                    file.truncate(0)
                    os.fsync(file.fileno())

    @contextmanager
    def flushing(self) -> Iterator[bool]:
        """Yields whether it is for this process to send; nobody else does meanwhile."""
        with self._lock("flush.lock", wait=False) as mine:
            yield mine

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock("log.lock", wait=True):
            yield

    @contextmanager
    def _lock(self, name: str, *, wait: bool) -> Iterator[bool]:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.directory / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                try:
                    yield True
                finally:
                    fcntl.flock(descriptor, fcntl.LOCK_UN)  # a process that was forked meanwhile has it open, too
        finally:
            os.close(descriptor)


def root() -> Path:
    """Where the spools of this user are."""
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return Path(os.environ.get("OPS_SPOOL_DIR") or state / "opsdb" / "spool")


def every(base: Path | None = None) -> list[Spool]:
    """All spools of this user. OSError for one that is not to be seen, in which something may wait."""
    try:
        folders = sorted((base or root()).iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [Spool(folder) for folder in folders if (folder / "log.lock").exists()]


def _append(path: Path, lines: Iterable[Mapping[str, Any]], *, sync: bool = True) -> None:
    """Writes lines behind the last whole one, all or none."""
    text = "".join(json.dumps(line, allow_nan=False) + "\n" for line in lines).encode()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with open(descriptor, "r+b", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        if end and os.pread(descriptor, 1, end - 1) != b"\n":
            end = _whole(path.read_bytes())
            file.truncate(end)  # what a crash has left of a line was never promised
            file.seek(end)
        try:
            if file.write(text) != len(text):
                raise OSError(f"{path}: the disk is full")
            if sync:
                os.fsync(descriptor)
        except OSError:
            file.truncate(end)
            raise
    if sync and end == 0:
        _sync_directory(path.parent)
        _sync_directory(path.parent.parent)


def _read(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_lines(path), start=1):
        try:
            yield json.loads(line)
        except ValueError:
            log.error("%s:%d is damaged and stays in a file beside it: %r", path, number, line[:80])


def _damaged(path: Path) -> bool:
    try:
        for line in _lines(path):
            json.loads(line)
    except ValueError:
        return True
    return False


def _beside(path: Path) -> Path:
    """Where a damaged file stays."""
    return path.with_name(f"damaged-{new_id()}.jsonl")


def _lines(path: Path) -> list[bytes]:
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return []
    return content[: _whole(content)].split(b"\n")[:-1]


def _whole(content: bytes) -> int:
    return content.rfind(b"\n") + 1


def _write(line: Mapping[str, Any]) -> Write:
    return Write(**{**line, **{name: tuple(line[name]) for name in ("ids", "makes", "needs")}})


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

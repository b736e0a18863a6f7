"""Files as they are registered: found, and read once for their checksums."""

from __future__ import annotations

import glob
import hashlib
import os
import stat
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ._generated.models import ChecksumAlgorithm

_BLOCK = 1 << 20
_PATH, _NAME, _TYPE = 1024, 255, 50  # characters that the document allows
_THREADS = min(8, os.cpu_count() or 1)

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
"""A pattern, a folder, or a list of files."""


@dataclass(frozen=True)
class Read:
    """A file that was read whole; or why it could not be."""

    path: Path
    size: int = 0
    checksum: str = ""
    failure: Exception | None = None


def find(paths: Paths) -> list[Path]:
    """The files that a pattern (`**` for any folders), a folder or a list names. FileNotFoundError for none."""
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    named = [str(path) for path in paths]
    found: dict[Path, None] = {}
    for entry in named:
        literal = os.path.exists(entry) or not glob.has_magic(entry)
        matches = [entry] if literal else glob.glob(entry, recursive=True)
        for match in sorted(matches):
            if os.path.isdir(match):
                found.update(dict.fromkeys(_inside(match)))
            elif match == entry or _records(Path(match)):
                found[Path(match)] = None
    if not found:
        raise FileNotFoundError(f"no file is named by {', '.join(named)}")
    return list(found)


def _inside(folder: str) -> list[Path]:
    """All files of a folder, and the folders in it that cannot be looked into, which are told as files are."""
    closed: list[OSError] = []
    files = [Path(at, name) for at, _, names in os.walk(folder, onerror=closed.append) for name in names]
    return sorted([*filter(_records, files), *(Path(cause.filename) for cause in closed)])


def _records(path: Path) -> bool:
    """Whether it is no pipe, socket or device, which no instrument records. What cannot be known is told by read."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return True


def unnamable(place: str) -> str | None:
    """Why no registration can have a path."""
    name = place.rpartition("/")[2]
    try:
        length = len(place.encode())
    except UnicodeEncodeError:
        return "the name is not UTF-8, and no registration can have it: rename the file"
    if any(unicodedata.category(character) == "Cc" for character in place):
        return "the name has a control character, and no registration can have it: rename the file"
    if len(place) > _PATH or length > 2 * _PATH:
        return f"the path is longer than {_PATH} characters or {2 * _PATH} bytes"
    return f"the name is longer than {_NAME} characters" if len(name) > _NAME else None


def type_of(path: Path) -> str:
    """The type of a file by its name, where that can be one."""
    suffix = path.suffix[1:]
    return suffix if len(suffix) <= _TYPE else ""


def relative(path: Path, root: str | os.PathLike[str] | None) -> str:
    """The path as the API has it. ValueError for one that is not below the root."""
    absolute = Path(os.path.abspath(path))
    return absolute.relative_to(os.path.abspath(root) if root else absolute.anchor).as_posix()


def read(path: Path, algorithm: ChecksumAlgorithm, seen: Callable[[int], None] = lambda _: None) -> Read:
    """Reads a file. A file that changes meanwhile is a failure: its checksum is of no use."""
    digest, size = _hash(algorithm), 0
    buffer = memoryview(bytearray(_BLOCK))
    try:
        with open(path, "rb", buffering=0, opener=_open) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise OSError("it is no regular file")
            while size <= before.st_size and (length := file.readinto(buffer)):  # one that grows on might never end
                digest.update(buffer[:length])
                size += length
                seen(length)
            after = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or size != after.st_size:
            raise OSError("it changed while it was read")
    except OSError as cause:
        return Read(path, failure=cause)
    return Read(path, size, digest.hexdigest())


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # nobody may ever write into a pipe


def _hash(algorithm: ChecksumAlgorithm) -> Any:
    if algorithm != "xxh3":
        return hashlib.new(algorithm, usedforsecurity=False)
    import xxhash  # not of the standard library

    return xxhash.xxh3_128()


@contextmanager
def read_all(paths: list[Path], algorithm: ChecksumAlgorithm, progress: bool | None) -> Iterator[Iterator[Read]]:
    """Reads files in parallel and yields them in order."""
    with Progress(paths, progress) as bar, ThreadPoolExecutor(_THREADS) as pool:
        try:
            yield bar.counted(pool.map(lambda path: read(path, algorithm, bar.seen), paths))
        finally:
            bar.stop()
            pool.shutdown(cancel_futures=True)


class Progress:
    """A line on a terminal that says how far it is."""

    def __init__(self, paths: list[Path], shown: bool | None) -> None:
        self._shown = sys.stderr.isatty() if shown is None else shown
        self._files, self._bytes = len(paths), 0
        if self._shown:
            self._bytes = sum(path.stat().st_size for path in paths if path.exists())
        self._read = self._done = 0
        self._stopped = False
        self._begin = self._last = time.monotonic()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            self._draw()
            sys.stderr.write("\n")

    def seen(self, length: int) -> None:
        """Counts bytes, from any thread: a count that is lost now and then is none the worse."""
        if self._stopped:
            raise OSError("interrupted")
        self._read += length
        now = time.monotonic()
        if self._shown and now - self._last > 0.1:
            self._last = now
            self._draw()

    def stop(self) -> None:
        """Lets nobody read on: who is interrupted is not to wait for the end of a large file."""
        self._stopped = True

    def counted(self, files: Iterator[Read]) -> Iterator[Read]:
        """The same files, each counted."""
        for file in files:
            self._done += 1
            yield file

    def _draw(self) -> None:
        part = min(1.0, self._read / self._bytes) if self._bytes else 1.0
        rate = self._read / max(time.monotonic() - self._begin, 1e-3)
        bar = "#" * round(30 * part)
        count = f"{self._done}/{self._files} files  {self._read / 1e6:,.0f} MB  {rate / 1e6:,.0f} MB/s"
        sys.stderr.write(f"\r[{bar:<30}] {part:4.0%}  {count} ")
        sys.stderr.flush()

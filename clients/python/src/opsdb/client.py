"""The client for scripts that block, as most do. `opsdb.aio` has its twin for scripts on an event loop."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from . import _config
from ._exchange import run
from ._files import Paths
from ._follow import SILENCE, Follower
from ._generated.models import ChecksumAlgorithm, FinalStatus, LiveTopic
from ._observation import Files, ObservationCore, PackageCore
from ._session import Session
from ._tables import Form, shaped
from ._values import Instant
from ._writes import Receipt
from .spool import Spool

if TYPE_CHECKING:
    from typing import Self

    from ._follow import Message
    from ._generated.client import AuthenticatedClient

PATIENCE = 20.0
"""Seconds for which a call goes on trying before it gives up, or puts what it has to say into the spool."""


class OpsClient:
    """The operations database, by the API of a site.

    What it records is never lost to the network: it is sent until it is answered, under one Idempotency-Key, and when
    the API stays away for `patience` seconds it is kept in a spool on this machine's disk, from which the next call, or
    `opsdb-spool flush`, sends it in order.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        patience: float = PATIENCE,
        spool: bool | str | os.PathLike[str] = True,
        data_root: str | os.PathLike[str] | None = None,
    ) -> None:
        """`spool` is its folder, or False for none; `data_root` is where the paths in the database begin."""
        from ._http import Blocking  # httpx costs more than everything else

        self._site = _config.Site(url, token)
        self._shell = Blocking(self._site)
        kept = None if spool is False else Spool.of(self._site, None if spool is True else Path(spool))
        self._session = Session(self._shell, kept, patience)
        self._data_root = data_root

    @classmethod
    def from_env(cls, site: str | None = None, **options: Any) -> Self:
        """The client for a site of ~/.config/opsdb/config.toml; without a name for OPS_API_URL and OPS_API_TOKEN, for
        the site that OPS_SITE names, or for the default. Options are those of the class; OPS_DATA_ROOT is one.
        """
        found = _config.find(site)
        options.setdefault("data_root", os.environ.get("OPS_DATA_ROOT"))
        return cls(found.url, found.token, **options)

    def __repr__(self) -> str:
        return f"<OpsClient of {self._site.url}>"

    def observation(
        self,
        obs_unit_id: int,
        start: Instant | None = None,
        *,
        observer: str | None = None,
        comment: str | None = None,
        conditions: Mapping[str, Any] | None = None,
        instrument_module_id: int | None = None,
        data_root: str | os.PathLike[str] | None = None,
    ) -> Observation:
        """An execution of a planned unit, to be used with `with`: it starts when the block is entered, and
        is completed when the block ends, failed when an exception ends it, aborted when Ctrl-C or an exit does.
        """
        root = data_root or self._data_root
        return Observation(self._session, obs_unit_id, start, observer, comment, conditions, instrument_module_id, root)

    def wait(self, what: Files | Receipt | str, state: str = "replicated", timeout: float = 60.0) -> None:
        """Waits until everything of an observation, or one write by its receipt or transaction id, is `committed` in
        the main database or `replicated` to this site. WaitTimeout; Stopped when a person has to decide first.
        """
        until = time.monotonic() + timeout
        for receipt in what.receipts if isinstance(what, Files) else [what]:
            run(self._session.wait(receipt, state, until))

    def table(self, name: str, form: Form | None = None, /, *, after: Receipt | None = None, **filters: Any) -> Any:
        """A list of the API with all its pages, such as `ops.table("executed_obs_units", status="failed")`: a DataFrame
        of pandas, an astropy Table, or a list of dicts, as `form` says or as is installed.
        """
        return shaped(list(self.rows(name, after=after, **filters)), form)

    def rows(self, name: str, /, *, after: Receipt | None = None, **filters: Any) -> Iterator[dict[str, Any]]:
        """The rows of a table, read as they are needed. `after` is a write that they must show."""
        cursor = None
        while True:
            page, cursor = run(self._session.page(name, filters, cursor, after))
            yield from page
            if cursor is None:
                return

    def follow(self, topic: LiveTopic, *, silence: float = SILENCE) -> Following:
        """What changes in a topic (buffer, health, observations or transfer), as it happens and over every disconnect:
        a snapshot first, then events, each once and in order. A stream of which nothing is heard for `silence` seconds
        counts as broken. OpsError for a topic that is none.
        """
        return Following(Follower(self._shell, topic, silence))

    def get(self, path: str, /, **params: Any) -> Any:
        """Whatever GET answers at a path of the API, such as `ops.get("/visibility/7", from_=…, to=…)`: where the name
        of a parameter is a word of Python, it gets a stroke at its end.
        """
        return self.request("GET", path, params=params)

    def request(
        self,
        method: str,
        path: str,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Any operation of the API: sent again as all calls are, and nothing of it is spooled."""
        return run(self._session.call(method, path, params, json, headers)).value()

    def change(self, path: str, edit: Callable[[Any], Any], /) -> Any:
        """Changes a record by PATCH unless somebody else was faster, which is a Conflict: `edit` is given the record as
        it was read and returns what is to change: `ops.change("/obs_unit/7", lambda unit: {"priority": 3})`.
        """
        return run(self._session.change(path, edit)).value()

    def flush(self) -> int:
        """Sends what waits in the spool and returns how many writes are left."""
        return run(self._session.flush_all())

    @cached_property
    def raw(self) -> AuthenticatedClient:
        """The client for the generated operations in opsdb._generated.api."""
        from ._http import raw

        return raw(self._site, self._shell, self._session.patience)

    def close(self) -> None:
        """Closes the connections."""
        self._shell.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Following:
    """The messages of a topic, for a loop: snapshots and events, told apart by their `type_`. After a disconnect a
    snapshot comes: one that is `recovered` has no data, for nothing was missed; any other replaces all before it.

    It goes on until it is left, by `break` or by an exception, and closes its connection then; for what another try
    would not change it ends with an OpsError, such as AuthError when the token ends.
    """

    def __init__(self, follower: Follower) -> None:
        self._messages = self._all(follower)

    @staticmethod
    def _all(follower: Follower) -> Generator[Message, None, None]:
        try:
            while True:
                yield run(follower.next())
        finally:
            run(follower.close())

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Message:
        return next(self._messages)

    def close(self) -> None:
        """Closes the connection, and ends it."""
        self._messages.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Registering(Files):
    """Registers files."""

    def add_file(
        self,
        path: str | os.PathLike[str],
        *,
        instrument_module_id: int | None = None,
        data_root: str | os.PathLike[str] | None = None,
        checksum: ChecksumAlgorithm = "sha256",
        file_type: str | None = None,
        progress: bool | None = None,
    ) -> Receipt:
        """Reads a file for its checksum and registers it. Its path in the database is that below `data_root`."""
        return run(self._add_files([path], instrument_module_id, data_root, checksum, file_type, progress))[0]

    def add_files(
        self,
        paths: Paths,
        *,
        instrument_module_id: int | None = None,
        data_root: str | os.PathLike[str] | None = None,
        checksum: ChecksumAlgorithm = "sha256",
        file_type: str | None = None,
        progress: bool | None = None,
    ) -> list[Receipt]:
        """The same for all files of a pattern (`**` for any folders), a folder or a list, read in parallel. FilesError
        when some could not be read or are registered with other content; the others are registered then.
        """
        return run(self._add_files(paths, instrument_module_id, data_root, checksum, file_type, progress))


class Observation(_Registering, ObservationCore):
    """An execution under way."""

    def __enter__(self) -> Self:
        run(self._begin())
        return self

    def __exit__(self, kind: object, cause: BaseException | None, trace: TracebackType | None) -> None:
        run(self._end(cause))

    def finish(
        self,
        status: FinalStatus = "completed",
        end: Instant | None = None,
        *,
        comment: str | None = None,
        conditions: Mapping[str, Any] | None = None,
    ) -> Receipt:
        """Ends it before the block does, or otherwise than the block would."""
        return run(self._finish(status, end, comment, conditions))

    def package(
        self, name: str, *, relative_path: str | None = None, instrument_module_id: int | None = None
    ) -> Package:
        """A package of files of one instrument module that travel together, to be used with `with`: it is created when
        the block is entered, and finalized when the block ends without an exception.
        """
        return Package(self, name, relative_path, instrument_module_id)


class Package(_Registering, PackageCore):
    """A package that is being filled."""

    def __enter__(self) -> Self:
        run(self._begin())
        return self

    def __exit__(self, kind: object, cause: BaseException | None, trace: TracebackType | None) -> None:
        if cause is None and not self._finalized:
            self.finalize()

    def finalize(
        self, path: str | os.PathLike[str] | None = None, *, checksum: ChecksumAlgorithm = "sha256"
    ) -> Receipt:
        """Marks it complete; with the path of the packed file, its size and checksum are recorded too."""
        return run(self._finalize(path, checksum))

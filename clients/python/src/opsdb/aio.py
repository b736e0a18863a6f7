"""The twin of `opsdb.client` for scripts on an event loop: the same names, to be awaited."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from . import _config
from ._files import Paths
from ._follow import SILENCE, Follower
from ._generated.models import ChecksumAlgorithm, FinalStatus, LiveTopic
from ._observation import Files, ObservationCore, PackageCore
from ._session import Session
from ._tables import Form, shaped
from ._values import Instant
from ._writes import Receipt
from .client import PATIENCE
from .spool import Spool

if TYPE_CHECKING:
    from typing import Self

    from ._follow import Message
    from ._generated.client import AuthenticatedClient


class AsyncOpsClient:
    """The operations database, by the API of a site; see OpsClient."""

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
        from ._http import Concurrent

        self._site = _config.Site(url, token)
        self._shell = Concurrent(self._site)
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
        return f"<AsyncOpsClient of {self._site.url}>"

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
    ) -> AsyncObservation:
        """An execution of a planned unit, to be used with `async with`: it starts when the block is entered, and
        is completed when the block ends, failed when an exception ends it, aborted when Ctrl-C or an exit does.
        """
        root = data_root or self._data_root
        return AsyncObservation(
            self._session, obs_unit_id, start, observer, comment, conditions, instrument_module_id, root
        )

    async def wait(self, what: Files | Receipt | str, state: str = "replicated", timeout: float = 60.0) -> None:
        """Waits until everything of an observation, or one write by its receipt or transaction id, is `committed` in
        the main database or `replicated` to this site. WaitTimeout; Stopped when a person has to decide first.
        """
        until = time.monotonic() + timeout
        for receipt in what.receipts if isinstance(what, Files) else [what]:
            await self._session.wait(receipt, state, until)

    async def table(
        self, name: str, form: Form | None = None, /, *, after: Receipt | None = None, **filters: Any
    ) -> Any:
        """A list of the API with all its pages, such as `ops.table("executed_obs_units", status="failed")`: a DataFrame
        of pandas, an astropy Table, or a list of dicts, as `form` says or as is installed.
        """
        return shaped([row async for row in self.rows(name, after=after, **filters)], form)

    async def rows(
        self, name: str, /, *, after: Receipt | None = None, **filters: Any
    ) -> AsyncIterator[dict[str, Any]]:
        """The rows of a table, read as they are needed. `after` is a write that they must show."""
        cursor = None
        while True:
            page, cursor = await self._session.page(name, filters, cursor, after)
            for row in page:
                yield row
            if cursor is None:
                return

    def follow(self, topic: LiveTopic, *, silence: float = SILENCE) -> AsyncFollowing:
        """What changes in a topic (buffer, health, observations or transfer), as it happens and over every disconnect:
        a snapshot first, then events, each once and in order. A stream of which nothing is heard for `silence` seconds
        counts as broken. OpsError for a topic that is none.
        """
        return AsyncFollowing(Follower(self._shell, topic, silence))

    async def get(self, path: str, /, **params: Any) -> Any:
        """Whatever GET answers at a path of the API, such as `ops.get("/visibility/7", from_=…, to=…)`: where the name
        of a parameter is a word of Python, it gets a stroke at its end.
        """
        return await self.request("GET", path, params=params)

    async def request(
        self,
        method: str,
        path: str,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Any operation of the API: sent again as all calls are, and nothing of it is spooled."""
        return (await self._session.call(method, path, params, json, headers)).value()

    async def change(self, path: str, edit: Callable[[Any], Any], /) -> Any:
        """Changes a record by PATCH unless somebody else was faster, which is a Conflict: `edit` is given the record as
        it was read and returns what is to change: `await ops.change("/obs_unit/7", lambda unit: {"priority": 3})`.
        """
        return (await self._session.change(path, edit)).value()

    async def flush(self) -> int:
        """Sends what waits in the spool and returns how many writes are left."""
        return await self._session.flush_all()

    @cached_property
    def raw(self) -> AuthenticatedClient:
        """The client for the generated operations in opsdb._generated.api."""
        from ._http import raw

        return raw(self._site, self._shell, self._session.patience)

    async def close(self) -> None:
        """Closes the connections."""
        await self._shell.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class AsyncFollowing:
    """The messages of a topic, for an `async for`; see Following. Where `break` has to close the connection at once,
    use it with `async with`.
    """

    def __init__(self, follower: Follower) -> None:
        self._messages = self._all(follower)

    @staticmethod
    async def _all(follower: Follower) -> AsyncGenerator[Message, None]:
        try:
            while True:
                yield await follower.next()
        finally:
            await follower.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        return await anext(self._messages)

    async def close(self) -> None:
        """Closes the connection, and ends it."""
        await self._messages.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class _Registering(Files):
    """Registers files."""

    async def add_file(
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
        return (await self._add_files([path], instrument_module_id, data_root, checksum, file_type, progress))[0]

    async def add_files(
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
        return await self._add_files(paths, instrument_module_id, data_root, checksum, file_type, progress)


class AsyncObservation(_Registering, ObservationCore):
    """An execution under way."""

    async def __aenter__(self) -> Self:
        await self._begin()
        return self

    async def __aexit__(self, kind: object, cause: BaseException | None, trace: TracebackType | None) -> None:
        await self._end(cause)

    async def finish(
        self,
        status: FinalStatus = "completed",
        end: Instant | None = None,
        *,
        comment: str | None = None,
        conditions: Mapping[str, Any] | None = None,
    ) -> Receipt:
        """Ends it before the block does, or otherwise than the block would."""
        return await self._finish(status, end, comment, conditions)

    def package(
        self, name: str, *, relative_path: str | None = None, instrument_module_id: int | None = None
    ) -> AsyncPackage:
        """A package of files of one instrument module that travel together, to be used with `async with`: it is created
        when the block is entered, and finalized when the block ends without an exception.
        """
        return AsyncPackage(self, name, relative_path, instrument_module_id)


class AsyncPackage(_Registering, PackageCore):
    """A package that is being filled."""

    async def __aenter__(self) -> Self:
        await self._begin()
        return self

    async def __aexit__(self, kind: object, cause: BaseException | None, trace: TracebackType | None) -> None:
        if cause is None and not self._finalized:
            await self.finalize()

    async def finalize(
        self, path: str | os.PathLike[str] | None = None, *, checksum: ChecksumAlgorithm = "sha256"
    ) -> Receipt:
        """Marks it complete; with the path of the packed file, its size and checksum are recorded too."""
        return await self._finalize(path, checksum)

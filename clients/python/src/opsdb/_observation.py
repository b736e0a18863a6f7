"""An execution of a planned unit, as a script holds it in its hands."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from . import _files, _writes
from ._files import Paths
from ._generated.models import ChecksumAlgorithm, FinalStatus, RawDataFileCreate
from ._generated.types import UNSET
from ._session import Session
from ._values import Instant, instant, new_id, now, plain
from ._writes import Receipt
from .errors import AuthError, Conflict, FilesError, OpsError, ValidationError
from .spool import Write

log = logging.getLogger("opsdb")


class Files:
    """What files are registered with: by an execution, or by a package of it."""

    _session: Session
    execution_id: UUID
    """The execution that the files are of."""
    package_id: UUID | None = None
    """The package that they are put into."""
    instrument_module_id: int | None = None
    """The instrument module that they come from, unless a call says otherwise."""
    data_root: str | os.PathLike[str] | None = None
    """The folder that paths in the database begin at."""
    receipts: list[Receipt]
    """Of all that was recorded, in order."""
    _entered = False

    def _enter(self) -> None:
        """OpsError for the second time: what has ended cannot begin again under the same id."""
        if self._entered:
            raise OpsError(f"{self!r} was entered before: make another one for another block")
        self._entered = True

    def _module(self, given: int | None) -> int:
        module = given if given is not None else self.instrument_module_id
        if module is None:
            raise ValueError("of which instrument module? Give instrument_module_id, here or to observation()")
        return module

    async def _record(self, write: Write) -> Receipt:
        receipt = await self._session.record(write)
        self.receipts.append(receipt)
        return receipt

    async def _add_files(
        self,
        paths: Paths,
        module: int | None,
        root: str | os.PathLike[str] | None,
        algorithm: ChecksumAlgorithm,
        file_type: str | None,
        progress: bool | None,
    ) -> list[Receipt]:
        module = self._module(module)
        root = root or self.data_root
        found = await self._session.shell.run(lambda: _files.find(paths))
        places = {path: _files.relative(path, root) for path in found}  # before hours are spent on reading
        failures: dict[str, Exception] = {
            str(path): ValueError(why) for path, place in places.items() if (why := _files.unnamable(place))
        }
        found = [path for path in found if str(path) not in failures]
        differing: dict[str, Exception] = {}
        receipts: list[Receipt] = []
        with _files.read_all(found, algorithm, progress) as files:

            def rows() -> Iterator[RawDataFileCreate]:
                for file in files:
                    if file.failure:
                        failures[str(file.path)] = file.failure
                    else:
                        yield self._row(file, places[file.path], module, algorithm, file_type)

            portions = _writes.chunks(rows())
            while portion := await self._session.shell.run(lambda: next(portions, None)):
                receipts += await self._register(portion, differing)
        failures.update({str(path): differing[place] for path, place in places.items() if place in differing})
        if failures:
            raise FilesError(failures)
        return receipts

    async def _register(self, portion: list[RawDataFileCreate], differing: dict[str, Exception]) -> list[Receipt]:
        """Registers files at once, without those that are registered with other content: these are told, by place."""
        while portion:
            try:
                return [await self._record(_writes.files(portion))]
            except Conflict as conflict:
                refused = (conflict.problem.get("requested") or {}).get("id")
                rest = [row for row in portion if str(row.id) != refused]
                if len(rest) == len(portion):
                    raise
                differing.update({row.relative_path: conflict for row in portion if str(row.id) == refused})
                portion = rest
        return []

    def _row(
        self, file: _files.Read, place: str, module: int, algorithm: ChecksumAlgorithm, file_type: str | None
    ) -> RawDataFileCreate:
        return RawDataFileCreate(
            id=new_id(),
            executed_obs_unit_id=self.execution_id,
            raw_data_package_id=self.package_id or UNSET,
            instrument_module_id=module,
            name=file.path.name,
            relative_path=place,
            file_type=_files.type_of(file.path) if file_type is None else file_type,
            size_bytes=file.size,
            checksum=file.checksum,
            checksum_algorithm=algorithm,
        )


class ObservationCore(Files):
    def __init__(
        self,
        session: Session,
        obs_unit_id: int,
        start: Instant | None,
        observer: str | None,
        comment: str | None,
        conditions: Mapping[str, Any] | None,
        instrument_module_id: int | None,
        data_root: str | os.PathLike[str] | None,
    ) -> None:
        self._session = session
        self.execution_id = new_id()
        self.id = str(self.execution_id)
        """The execution, from the first moment on and at every site."""
        self.obs_unit_id = obs_unit_id
        self.start = None if start is None else instant(start)
        """When it began; the time of entering when none is given."""
        self.observer = observer
        self.comment = comment
        """May be changed until the end."""
        self.conditions = dict(conditions or {})
        """Weather, instrument and telescope, whatever is worth keeping; may be changed until the end."""
        self.instrument_module_id = instrument_module_id
        self.data_root = data_root
        self.receipts = []
        self._said = (comment, plain(self.conditions))
        self._finished = False

    def __repr__(self) -> str:
        return f"<observation {self.id} of unit {self.obs_unit_id}>"

    async def _begin(self) -> None:
        self._enter()
        self.start = self.start or now()
        start = _writes.start(
            self.execution_id, self.obs_unit_id, self.start, self.observer, self.comment, self.conditions or None
        )
        try:
            await self._record(start)
        except Exception:
            self._entered = False  # it may be tried again, under the same id
            raise
        except BaseException as interruption:  # the start may be recorded, so its end has to be
            end = _writes.finish(self.execution_id, "aborted", now(), None, None)
            self._session.keep(end, interruption)
            raise

    async def _finish(
        self, status: FinalStatus, end: Instant | None, comment: str | None, conditions: Mapping[str, Any] | None
    ) -> Receipt:
        self.comment = comment if comment is not None else self.comment
        self.conditions.update(conditions or {})
        write = _writes.finish(
            self.execution_id,
            status,
            self._clock() if end is None else instant(end),
            self.comment if self.comment != self._said[0] else None,
            self.conditions if plain(self.conditions) != self._said[1] else None,
        )
        self._finished = True
        try:
            return await self._record(write)
        except ValidationError:
            self._finished = False  # so the block's own ending is recorded
            raise
        except AuthError as failure:  # a token that ended during the observation
            receipt = self._session.keep(write, failure)
            self.receipts.append(receipt)
            return receipt

    def _clock(self) -> datetime:
        """The time; that of the start, when the clock of this machine has been set back since."""
        return max(now(), self.start or now())

    def _told(self, cause: BaseException) -> str:
        """The comment, and what has ended the observation, as far as a text of the API can hold it."""
        told = f"{type(cause).__name__}: {cause}" if str(cause) else type(cause).__name__
        text = f"{self.comment}\n{told}" if self.comment else told
        return text.encode(errors="replace").decode().replace("\0", "")[: _writes.TEXT]

    async def _end(self, cause: BaseException | None) -> None:
        if self._finished:
            return
        try:
            if cause is None:
                await self._finish_anyhow("completed", None)
            else:
                status: FinalStatus = "failed" if isinstance(cause, Exception) else "aborted"
                await self._finish_anyhow(status, self._told(cause))
        except Exception as failure:
            if cause is None:
                raise
            log.error("the end of %r is not recorded: %s", self, failure)
            cause.add_note(f"opsdb: the end of {self!r} is not recorded: {failure}")

    async def _finish_anyhow(self, status: FinalStatus, comment: str | None) -> None:
        """Records the end, without what was said of it where that is nothing the API takes, which is raised then."""
        try:
            await self._finish(status, None, comment, None)
        except (ValidationError, TypeError, ValueError) as wrong:
            self.comment, self.conditions = self._said[0], dict(self._said[1])
            try:
                await self._finish(status, None, comment, None)
            except Exception as failure:
                raise failure from wrong
            raise


class PackageCore(Files):
    def __init__(self, files: Files, name: str, relative_path: str | None, module: int | None) -> None:
        self._session = files._session
        self.execution_id = files.execution_id
        self.package_id = new_id()
        self.id = str(self.package_id)
        """The package, from the first moment on and at every site."""
        self.name = name
        self.relative_path = relative_path or name
        self.instrument_module_id = files._module(module)
        self.data_root = files.data_root
        self.receipts = files.receipts
        self._finalized = False

    def __repr__(self) -> str:
        return f"<package {self.id} named {self.name!r}>"

    async def _begin(self) -> None:
        assert self.package_id
        assert self.instrument_module_id
        self._enter()
        await self._record(
            _writes.package(
                self.package_id, self.execution_id, self.instrument_module_id, self.name, self.relative_path
            )
        )

    async def _finalize(self, path: str | os.PathLike[str] | None, algorithm: ChecksumAlgorithm) -> Receipt:
        assert self.package_id
        self._finalized = True
        if path is None:
            return await self._record(_writes.finalize(self.package_id, None, None, None))
        file = await self._session.shell.run(lambda: _files.read(Path(path), algorithm))
        if file.failure:
            raise file.failure
        return await self._record(_writes.finalize(self.package_id, file.size, file.checksum, algorithm))

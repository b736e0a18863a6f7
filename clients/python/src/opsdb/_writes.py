"""The writes that the verbs of this package send, in the terms of api/openapi.yaml."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from ._exchange import Response
from ._generated.models import (
    BulkReceipt,
    ChecksumAlgorithm,
    Conditions,
    ExecutedObsUnitFinish,
    ExecutedObsUnitStart,
    FinalStatus,
    RawDataFileCreate,
    RawDataPackageCreate,
    RawDataPackageFinalize,
    WriteReceipt,
)
from ._generated.operations import OPERATIONS
from ._generated.types import UNSET, Unset
from ._values import new_id, now, plain
from .errors import Unavailable
from .spool import Write

T = TypeVar("T")

ROWS, BYTES = 1000, 1 << 20  # of one bulk
TEXT = 4000  # characters of a comment


@dataclass(frozen=True)
class Receipt:
    """What is known of a write when its call returns."""

    ids: tuple[str, ...]
    """The records it is about."""
    state: str
    """`buffered`, `committed`, … as the API says; `spooled` on this disk; `refused` and set aside in the spool."""
    transaction_id: str | None = None
    """What it can be followed by."""
    references: str | None = None
    """`unverified` when the site will see later whether what it refers to exists."""
    accepted_at: datetime | None = None
    position: str | None = None
    """For reads at other sites that must show it: `after=receipt`."""
    write: Write | None = field(default=None, repr=False, compare=False)
    """What was spooled or refused."""

    @property
    def id(self) -> str:
        """The record it is about."""
        return self.ids[0]


def start(
    id: UUID,
    obs_unit_id: int,
    begin: datetime,
    observer: str | None,
    comment: str | None,
    conditions: Mapping[str, Any] | None,
) -> Write:
    """The start of an execution."""
    body = ExecutedObsUnitStart(
        obs_unit_id=obs_unit_id,
        id=id,
        start_time=begin,
        observer=_or_unset(observer),
        comment=_or_unset(comment),
        conditions=_conditions(conditions),
    )
    return write("startExecutedObsUnit", body=body.to_dict(), ids=[id], makes=[id])


def finish(
    id: UUID, status: FinalStatus, end: datetime, comment: str | None, conditions: Mapping[str, Any] | None
) -> Write:
    """The end of an execution. What is None stays as it was said at the start."""
    body = ExecutedObsUnitFinish(
        status=status, end_time=end, comment=_or_unset(comment), conditions=_conditions(conditions)
    )
    return write("finishExecutedObsUnit", {"id": id}, body.to_dict(), ids=[id], needs=[id])


def package(id: UUID, execution: UUID, module: int, name: str, relative_path: str) -> Write:
    """A package to put files of an execution into."""
    body = RawDataPackageCreate(
        id=id, executed_obs_unit_id=execution, instrument_module_id=module, name=name, relative_path=relative_path
    )
    return write("createRawDataPackage", body=body.to_dict(), ids=[id], makes=[id], needs=[execution])


def finalize(id: UUID, size: int | None, checksum: str | None, algorithm: ChecksumAlgorithm | None) -> Write:
    """The end of a package."""
    body = RawDataPackageFinalize(
        size_bytes=_or_unset(size), checksum=_or_unset(checksum), checksum_algorithm=_or_unset(algorithm)
    )
    return write("finalizeRawDataPackage", {"id": id}, body.to_dict(), ids=[id], needs=[id])


def files(rows: Sequence[RawDataFileCreate]) -> Write:
    """Files, all or none."""
    needs = {id for row in rows for id in (row.executed_obs_unit_id, row.raw_data_package_id) if isinstance(id, UUID)}
    ids = [row.id for row in rows if isinstance(row.id, UUID)]
    if len(rows) == 1:
        return write("createRawDataFile", body=rows[0].to_dict(), ids=ids, makes=ids, needs=needs)
    return write("createRawDataFiles", body=[row.to_dict() for row in rows], ids=ids, makes=ids, needs=needs)


def chunks(rows: Iterable[RawDataFileCreate]) -> Iterator[list[RawDataFileCreate]]:
    """Files in portions that the API takes at once."""
    portion: list[RawDataFileCreate] = []
    size = 2
    for row in rows:
        length = len(json.dumps(row.to_dict())) + 2
        if len(portion) == ROWS or size + length > BYTES:
            yield portion
            portion, size = [], 2
        portion.append(row)
        size += length
    if portion:
        yield portion


def write(
    operation: str,
    path: Mapping[str, object] | None = None,
    body: Any = None,
    *,
    ids: Iterable[UUID] = (),
    makes: Iterable[UUID] = (),
    needs: Iterable[UUID] = (),
) -> Write:
    """A write of any operation that is critical."""
    method, template = OPERATIONS[operation][:2]
    return Write(
        key=str(new_id()),
        operation=operation,
        method=method,
        path=template.format(**(path or {})),
        body=plain(body),
        ids=tuple(map(str, ids)),
        makes=tuple(map(str, makes)),
        needs=tuple(map(str, needs)),
        made_at=now().isoformat(),
    )


def receipt(response: Response) -> Receipt:
    """What an answer says of a write. Unavailable when it says nothing of the kind: nothing is taken for arrived that
    has not.
    """
    try:
        value = response.json()
        parsed = BulkReceipt.from_dict(value) if "ids" in value else WriteReceipt.from_dict(value)
    except (AttributeError, KeyError, TypeError, ValueError) as cause:
        raise Unavailable(f"the answer is no receipt: {response.body[:200]!r}: is that the API?") from cause
    ids = parsed.ids if isinstance(parsed, BulkReceipt) else [parsed.id]
    return Receipt(
        ids=tuple(map(str, ids)),
        state=parsed.status,
        transaction_id=str(parsed.transaction_id),
        references=parsed.references,
        accepted_at=parsed.accepted_at,
        position=response.headers.get("ops-position"),
    )


def _or_unset(value: T | None) -> T | Unset:
    return UNSET if value is None else value


def _conditions(value: Mapping[str, Any] | None) -> Conditions | Unset:
    return UNSET if value is None else Conditions.from_dict(_known(plain(value)))


def _known(value: Any) -> Any:
    """A plain value with null for the numbers that a sensor gives when it has none, such as NaN: JSON has no others."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {name: _known(item) for name, item in value.items()}
    return [_known(item) for item in value] if isinstance(value, list) else value

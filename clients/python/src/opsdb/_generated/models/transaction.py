from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.transaction_state import TransactionState, check_transaction_state
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.audit_entry import AuditEntry
    from ..models.failure import Failure
    from ..models.record_ref import RecordRef
    from ..models.step import Step


T = TypeVar("T", bound="Transaction")


@_attrs_define
class Transaction:
    """A write and how far it has travelled."""

    id: UUID
    state: TransactionState
    """ `buffered` on the site's disk; `executing`; `committed` in the main database; `replicated` in this site's
    copy of
    it; `parked` by a permanent error; `blocked` behind a parked one; `discarded` by a person.
     """
    site: str
    """ Where it was accepted. """
    operation: str
    """ The operationId it was sent to. """
    principal: str
    """ Who sent it. """
    accepted_at: datetime.datetime
    attempts: int
    """ Attempts that failed for a permanent reason. """
    blocked_by: list[UUID]
    """ Parked writes it waits behind. """
    records: list[RecordRef]
    """ The records it writes. """
    steps: list[Step]
    audit: list[AuditEntry]
    sequence: int | Unset = UNSET
    """ Its place in the site's order. """
    executed_at: datetime.datetime | Unset = UNSET
    replicated_at: datetime.datetime | Unset = UNSET
    retry_at: datetime.datetime | Unset = UNSET
    """ When it is tried again by itself. """
    batch: int | Unset = UNSET
    """ The flight it was executed in. """
    fence: int | Unset = UNSET
    """ The executor's turn. """
    lsn: str | Unset = UNSET
    """ The main database's position after its commit. """
    failure: Failure | Unset = UNSET
    """ Why the last attempt failed. """
    replaces: UUID | Unset = UNSET
    replaced_by: UUID | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        state: str = self.state

        site = self.site

        operation = self.operation

        principal = self.principal

        accepted_at = self.accepted_at.isoformat()

        attempts = self.attempts

        blocked_by = []
        for blocked_by_item_data in self.blocked_by:
            blocked_by_item = str(blocked_by_item_data)
            blocked_by.append(blocked_by_item)

        records = []
        for records_item_data in self.records:
            records_item = records_item_data.to_dict()
            records.append(records_item)

        steps = []
        for steps_item_data in self.steps:
            steps_item = steps_item_data.to_dict()
            steps.append(steps_item)

        audit = []
        for audit_item_data in self.audit:
            audit_item = audit_item_data.to_dict()
            audit.append(audit_item)

        sequence = self.sequence

        executed_at: str | Unset = UNSET
        if not isinstance(self.executed_at, Unset):
            executed_at = self.executed_at.isoformat()

        replicated_at: str | Unset = UNSET
        if not isinstance(self.replicated_at, Unset):
            replicated_at = self.replicated_at.isoformat()

        retry_at: str | Unset = UNSET
        if not isinstance(self.retry_at, Unset):
            retry_at = self.retry_at.isoformat()

        batch = self.batch

        fence = self.fence

        lsn = self.lsn

        failure: dict[str, Any] | Unset = UNSET
        if not isinstance(self.failure, Unset):
            failure = self.failure.to_dict()

        replaces: str | Unset = UNSET
        if not isinstance(self.replaces, Unset):
            replaces = str(self.replaces)

        replaced_by: str | Unset = UNSET
        if not isinstance(self.replaced_by, Unset):
            replaced_by = str(self.replaced_by)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "state": state,
                "site": site,
                "operation": operation,
                "principal": principal,
                "accepted_at": accepted_at,
                "attempts": attempts,
                "blocked_by": blocked_by,
                "records": records,
                "steps": steps,
                "audit": audit,
            }
        )
        if sequence is not UNSET:
            field_dict["sequence"] = sequence
        if executed_at is not UNSET:
            field_dict["executed_at"] = executed_at
        if replicated_at is not UNSET:
            field_dict["replicated_at"] = replicated_at
        if retry_at is not UNSET:
            field_dict["retry_at"] = retry_at
        if batch is not UNSET:
            field_dict["batch"] = batch
        if fence is not UNSET:
            field_dict["fence"] = fence
        if lsn is not UNSET:
            field_dict["lsn"] = lsn
        if failure is not UNSET:
            field_dict["failure"] = failure
        if replaces is not UNSET:
            field_dict["replaces"] = replaces
        if replaced_by is not UNSET:
            field_dict["replaced_by"] = replaced_by

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.audit_entry import AuditEntry
        from ..models.failure import Failure
        from ..models.record_ref import RecordRef
        from ..models.step import Step

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        state = check_transaction_state(d.pop("state"))

        site = d.pop("site")

        operation = d.pop("operation")

        principal = d.pop("principal")

        accepted_at = datetime.datetime.fromisoformat(d.pop("accepted_at"))

        attempts = d.pop("attempts")

        blocked_by = []
        _blocked_by = d.pop("blocked_by")
        for blocked_by_item_data in _blocked_by:
            blocked_by_item = UUID(blocked_by_item_data)

            blocked_by.append(blocked_by_item)

        records = []
        _records = d.pop("records")
        for records_item_data in _records:
            records_item = RecordRef.from_dict(records_item_data)

            records.append(records_item)

        steps = []
        _steps = d.pop("steps")
        for steps_item_data in _steps:
            steps_item = Step.from_dict(steps_item_data)

            steps.append(steps_item)

        audit = []
        _audit = d.pop("audit")
        for audit_item_data in _audit:
            audit_item = AuditEntry.from_dict(audit_item_data)

            audit.append(audit_item)

        sequence = d.pop("sequence", UNSET)

        _executed_at = d.pop("executed_at", UNSET)
        executed_at: datetime.datetime | Unset
        if isinstance(_executed_at, Unset):
            executed_at = UNSET
        else:
            executed_at = datetime.datetime.fromisoformat(_executed_at)

        _replicated_at = d.pop("replicated_at", UNSET)
        replicated_at: datetime.datetime | Unset
        if isinstance(_replicated_at, Unset):
            replicated_at = UNSET
        else:
            replicated_at = datetime.datetime.fromisoformat(_replicated_at)

        _retry_at = d.pop("retry_at", UNSET)
        retry_at: datetime.datetime | Unset
        if isinstance(_retry_at, Unset):
            retry_at = UNSET
        else:
            retry_at = datetime.datetime.fromisoformat(_retry_at)

        batch = d.pop("batch", UNSET)

        fence = d.pop("fence", UNSET)

        lsn = d.pop("lsn", UNSET)

        _failure = d.pop("failure", UNSET)
        failure: Failure | Unset
        if isinstance(_failure, Unset):
            failure = UNSET
        else:
            failure = Failure.from_dict(_failure)

        _replaces = d.pop("replaces", UNSET)
        replaces: UUID | Unset
        if isinstance(_replaces, Unset):
            replaces = UNSET
        else:
            replaces = UUID(_replaces)

        _replaced_by = d.pop("replaced_by", UNSET)
        replaced_by: UUID | Unset
        if isinstance(_replaced_by, Unset):
            replaced_by = UNSET
        else:
            replaced_by = UUID(_replaced_by)

        transaction = cls(
            id=id,
            state=state,
            site=site,
            operation=operation,
            principal=principal,
            accepted_at=accepted_at,
            attempts=attempts,
            blocked_by=blocked_by,
            records=records,
            steps=steps,
            audit=audit,
            sequence=sequence,
            executed_at=executed_at,
            replicated_at=replicated_at,
            retry_at=retry_at,
            batch=batch,
            fence=fence,
            lsn=lsn,
            failure=failure,
            replaces=replaces,
            replaced_by=replaced_by,
        )

        transaction.additional_properties = d
        return transaction

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.sync_state import SyncState, check_sync_state

T = TypeVar("T", bound="Token")


@_attrs_define
class Token:
    """An API token, without the token itself."""

    id: UUID
    user_id: UUID
    user: str
    """ Login name of whom it acts for. """
    name: str
    """ What it is for. """
    prefix: str
    """ Its first characters, to tell tokens apart. """
    scopes: list[str]
    """ What it is limited to; empty for everything its user may do. """
    created_at: datetime.datetime
    created_by: str
    expires_at: datetime.datetime | None
    """ Null for never. """
    rotated_from: None | UUID
    """ The token it takes the place of. """
    revoked_at: datetime.datetime | None
    usage_count: int
    last_used_at: datetime.datetime | None
    last_used_from: None | str
    """ An address. """
    last_used_site: None | str
    sync: SyncState
    """ How far an item of this site's view has travelled. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        user_id = str(self.user_id)

        user = self.user

        name = self.name

        prefix = self.prefix

        scopes = self.scopes

        created_at = self.created_at.isoformat()

        created_by = self.created_by

        expires_at: None | str
        if isinstance(self.expires_at, datetime.datetime):
            expires_at = self.expires_at.isoformat()
        else:
            expires_at = self.expires_at

        rotated_from: None | str
        if isinstance(self.rotated_from, UUID):
            rotated_from = str(self.rotated_from)
        else:
            rotated_from = self.rotated_from

        revoked_at: None | str
        if isinstance(self.revoked_at, datetime.datetime):
            revoked_at = self.revoked_at.isoformat()
        else:
            revoked_at = self.revoked_at

        usage_count = self.usage_count

        last_used_at: None | str
        if isinstance(self.last_used_at, datetime.datetime):
            last_used_at = self.last_used_at.isoformat()
        else:
            last_used_at = self.last_used_at

        last_used_from: None | str
        last_used_from = self.last_used_from

        last_used_site: None | str
        last_used_site = self.last_used_site

        sync: str = self.sync

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "user_id": user_id,
                "user": user,
                "name": name,
                "prefix": prefix,
                "scopes": scopes,
                "created_at": created_at,
                "created_by": created_by,
                "expires_at": expires_at,
                "rotated_from": rotated_from,
                "revoked_at": revoked_at,
                "usage_count": usage_count,
                "last_used_at": last_used_at,
                "last_used_from": last_used_from,
                "last_used_site": last_used_site,
                "sync": sync,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        user_id = UUID(d.pop("user_id"))

        user = d.pop("user")

        name = d.pop("name")

        prefix = d.pop("prefix")

        scopes = cast(list[str], d.pop("scopes"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        created_by = d.pop("created_by")

        def _parse_expires_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        def _parse_rotated_from(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                rotated_from_type_0 = UUID(data)

                return rotated_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        rotated_from = _parse_rotated_from(d.pop("rotated_from"))

        def _parse_revoked_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                revoked_at_type_0 = datetime.datetime.fromisoformat(data)

                return revoked_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        revoked_at = _parse_revoked_at(d.pop("revoked_at"))

        usage_count = d.pop("usage_count")

        def _parse_last_used_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_used_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_used_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_used_at = _parse_last_used_at(d.pop("last_used_at"))

        def _parse_last_used_from(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_used_from = _parse_last_used_from(d.pop("last_used_from"))

        def _parse_last_used_site(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_used_site = _parse_last_used_site(d.pop("last_used_site"))

        sync = check_sync_state(d.pop("sync"))

        token = cls(
            id=id,
            user_id=user_id,
            user=user,
            name=name,
            prefix=prefix,
            scopes=scopes,
            created_at=created_at,
            created_by=created_by,
            expires_at=expires_at,
            rotated_from=rotated_from,
            revoked_at=revoked_at,
            usage_count=usage_count,
            last_used_at=last_used_at,
            last_used_from=last_used_from,
            last_used_site=last_used_site,
            sync=sync,
        )

        token.additional_properties = d
        return token

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

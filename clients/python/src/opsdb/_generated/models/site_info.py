from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.site_type import SiteType, check_site_type

T = TypeVar("T", bound="SiteInfo")


@_attrs_define
class SiteInfo:
    site_name: str
    site_type: SiteType
    buffering_enabled: bool
    main_db_host: str
    local_db_host: str
    version: str
    """ Of the program. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        site_name = self.site_name

        site_type: str = self.site_type

        buffering_enabled = self.buffering_enabled

        main_db_host = self.main_db_host

        local_db_host = self.local_db_host

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "site_name": site_name,
                "site_type": site_type,
                "buffering_enabled": buffering_enabled,
                "main_db_host": main_db_host,
                "local_db_host": local_db_host,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        site_name = d.pop("site_name")

        site_type = check_site_type(d.pop("site_type"))

        buffering_enabled = d.pop("buffering_enabled")

        main_db_host = d.pop("main_db_host")

        local_db_host = d.pop("local_db_host")

        version = d.pop("version")

        site_info = cls(
            site_name=site_name,
            site_type=site_type,
            buffering_enabled=buffering_enabled,
            main_db_host=main_db_host,
            local_db_host=local_db_host,
            version=version,
        )

        site_info.additional_properties = d
        return site_info

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

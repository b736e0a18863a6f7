from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.component import Component, check_component
from ..models.health_background_processor import (
    HealthBackgroundProcessor,
    check_health_background_processor,
)
from ..models.health_status import HealthStatus, check_health_status
from ..models.site_type import SiteType, check_site_type

if TYPE_CHECKING:
    from ..models.health_buffer import HealthBuffer
    from ..models.health_executor import HealthExecutor
    from ..models.health_identity import HealthIdentity
    from ..models.health_main import HealthMain
    from ..models.health_replica import HealthReplica
    from ..models.health_schema import HealthSchema


T = TypeVar("T", bound="Health")


@_attrs_define
class Health:
    status: HealthStatus
    database: Component
    """ Whether a part can be reached. """
    redis: Component
    """ Whether a part can be reached. """
    transaction_buffer: HealthBuffer
    background_processor: HealthBackgroundProcessor
    """ `running` unless its work has stopped. """
    site: str
    site_type: SiteType
    remarks: list[str]
    """ Why the status is not healthy, one sentence each, with the remedy; then what is no failure but should not
    stay as it is, such as demo tokens. The status can be healthy with such remarks. """
    buffering: bool
    """ Whether critical writes are accepted without the main database. """
    replica: HealthReplica
    """ The copy of the main database that this site reads. """
    main: HealthMain
    """ The main database, seen from this site. """
    executor: HealthExecutor
    schema: HealthSchema
    identity: HealthIdentity
    """ How people are let in here. What is unusual is in `remarks`, too. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status: str = self.status

        database: str = self.database

        redis: str = self.redis

        transaction_buffer = self.transaction_buffer.to_dict()

        background_processor: str = self.background_processor

        site = self.site

        site_type: str = self.site_type

        remarks = self.remarks

        buffering = self.buffering

        replica = self.replica.to_dict()

        main = self.main.to_dict()

        executor = self.executor.to_dict()

        schema = self.schema.to_dict()

        identity = self.identity.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
                "database": database,
                "redis": redis,
                "transaction_buffer": transaction_buffer,
                "background_processor": background_processor,
                "site": site,
                "site_type": site_type,
                "remarks": remarks,
                "buffering": buffering,
                "replica": replica,
                "main": main,
                "executor": executor,
                "schema": schema,
                "identity": identity,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.health_buffer import HealthBuffer
        from ..models.health_executor import HealthExecutor
        from ..models.health_identity import HealthIdentity
        from ..models.health_main import HealthMain
        from ..models.health_replica import HealthReplica
        from ..models.health_schema import HealthSchema

        d = dict(src_dict)
        status = check_health_status(d.pop("status"))

        database = check_component(d.pop("database"))

        redis = check_component(d.pop("redis"))

        transaction_buffer = HealthBuffer.from_dict(d.pop("transaction_buffer"))

        background_processor = check_health_background_processor(d.pop("background_processor"))

        site = d.pop("site")

        site_type = check_site_type(d.pop("site_type"))

        remarks = cast(list[str], d.pop("remarks"))

        buffering = d.pop("buffering")

        replica = HealthReplica.from_dict(d.pop("replica"))

        main = HealthMain.from_dict(d.pop("main"))

        executor = HealthExecutor.from_dict(d.pop("executor"))

        schema = HealthSchema.from_dict(d.pop("schema"))

        identity = HealthIdentity.from_dict(d.pop("identity"))

        health = cls(
            status=status,
            database=database,
            redis=redis,
            transaction_buffer=transaction_buffer,
            background_processor=background_processor,
            site=site,
            site_type=site_type,
            remarks=remarks,
            buffering=buffering,
            replica=replica,
            main=main,
            executor=executor,
            schema=schema,
            identity=identity,
        )

        health.additional_properties = d
        return health

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

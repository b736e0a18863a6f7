import datetime
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

import httpx

from ...client import AuthenticatedClient, Client
from ...models.list_transfer_raw_packages_sort import (
    ListTransferRawPackagesSort,
)
from ...models.package_state import PackageState
from ...models.package_status import PackageStatus
from ...models.pipeline_package_page import PipelinePackagePage
from ...models.problem import Problem
from ...models.transfer_status import TransferStatus
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    state: PackageState | Unset = UNSET,
    status: PackageStatus | Unset = UNSET,
    stage: int | Unset = UNSET,
    stage_status: TransferStatus | Unset = UNSET,
    instrument_module_id: int | Unset = UNSET,
    observing_program_id: int | Unset = UNSET,
    executed_obs_unit_id: UUID | Unset = UNSET,
    data_transfer_package_id: UUID | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    sort: ListTransferRawPackagesSort | Unset = "-created_at",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(ops_position, Unset):
        headers["Ops-Position"] = ops_position

    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    params: dict[str, Any] = {}

    json_state: str | Unset = UNSET
    if not isinstance(state, Unset):
        json_state = state

    params["state"] = json_state

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status

    params["status"] = json_status

    params["stage"] = stage

    json_stage_status: str | Unset = UNSET
    if not isinstance(stage_status, Unset):
        json_stage_status = stage_status

    params["stage_status"] = json_stage_status

    params["instrument_module_id"] = instrument_module_id

    params["observing_program_id"] = observing_program_id

    json_executed_obs_unit_id: str | Unset = UNSET
    if not isinstance(executed_obs_unit_id, Unset):
        json_executed_obs_unit_id = str(executed_obs_unit_id)
    params["executed_obs_unit_id"] = json_executed_obs_unit_id

    json_data_transfer_package_id: str | Unset = UNSET
    if not isinstance(data_transfer_package_id, Unset):
        json_data_transfer_package_id = str(data_transfer_package_id)
    params["data_transfer_package_id"] = json_data_transfer_package_id

    json_created_from: str | Unset = UNSET
    if not isinstance(created_from, Unset):
        json_created_from = created_from.isoformat()
    params["created_from"] = json_created_from

    json_created_before: str | Unset = UNSET
    if not isinstance(created_before, Unset):
        json_created_before = created_before.isoformat()
    params["created_before"] = json_created_before

    json_sort: str | Unset = UNSET
    if not isinstance(sort, Unset):
        json_sort = sort

    params["sort"] = json_sort

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/transfer/raw-packages",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | PipelinePackagePage | Problem:
    if response.status_code == 200:
        response_200 = PipelinePackagePage.from_dict(response.json())

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Any | PipelinePackagePage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    state: PackageState | Unset = UNSET,
    status: PackageStatus | Unset = UNSET,
    stage: int | Unset = UNSET,
    stage_status: TransferStatus | Unset = UNSET,
    instrument_module_id: int | Unset = UNSET,
    observing_program_id: int | Unset = UNSET,
    executed_obs_unit_id: UUID | Unset = UNSET,
    data_transfer_package_id: UUID | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    sort: ListTransferRawPackagesSort | Unset = "-created_at",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | PipelinePackagePage | Problem]:
    """List raw data packages with their place in the pipeline

     What is still in the buffer of a site is not shown; `/raw_data_package/` has it.

    Args:
        state (PackageState | Unset): Where the package is on its way to the archive.
        status (PackageStatus | Unset):
        stage (int | Unset):
        stage_status (TransferStatus | Unset):
        instrument_module_id (int | Unset):
        observing_program_id (int | Unset):
        executed_obs_unit_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        data_transfer_package_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        created_from (datetime.datetime | Unset):
        created_before (datetime.datetime | Unset):
        sort (ListTransferRawPackagesSort | Unset):  Default: '-created_at'.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | PipelinePackagePage | Problem]
    """

    kwargs = _get_kwargs(
        state=state,
        status=status,
        stage=stage,
        stage_status=stage_status,
        instrument_module_id=instrument_module_id,
        observing_program_id=observing_program_id,
        executed_obs_unit_id=executed_obs_unit_id,
        data_transfer_package_id=data_transfer_package_id,
        created_from=created_from,
        created_before=created_before,
        sort=sort,
        cursor=cursor,
        limit=limit,
        ops_position=ops_position,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    state: PackageState | Unset = UNSET,
    status: PackageStatus | Unset = UNSET,
    stage: int | Unset = UNSET,
    stage_status: TransferStatus | Unset = UNSET,
    instrument_module_id: int | Unset = UNSET,
    observing_program_id: int | Unset = UNSET,
    executed_obs_unit_id: UUID | Unset = UNSET,
    data_transfer_package_id: UUID | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    sort: ListTransferRawPackagesSort | Unset = "-created_at",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | PipelinePackagePage | Problem | None:
    """List raw data packages with their place in the pipeline

     What is still in the buffer of a site is not shown; `/raw_data_package/` has it.

    Args:
        state (PackageState | Unset): Where the package is on its way to the archive.
        status (PackageStatus | Unset):
        stage (int | Unset):
        stage_status (TransferStatus | Unset):
        instrument_module_id (int | Unset):
        observing_program_id (int | Unset):
        executed_obs_unit_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        data_transfer_package_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        created_from (datetime.datetime | Unset):
        created_before (datetime.datetime | Unset):
        sort (ListTransferRawPackagesSort | Unset):  Default: '-created_at'.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | PipelinePackagePage | Problem
    """

    return sync_detailed(
        client=client,
        state=state,
        status=status,
        stage=stage,
        stage_status=stage_status,
        instrument_module_id=instrument_module_id,
        observing_program_id=observing_program_id,
        executed_obs_unit_id=executed_obs_unit_id,
        data_transfer_package_id=data_transfer_package_id,
        created_from=created_from,
        created_before=created_before,
        sort=sort,
        cursor=cursor,
        limit=limit,
        ops_position=ops_position,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    state: PackageState | Unset = UNSET,
    status: PackageStatus | Unset = UNSET,
    stage: int | Unset = UNSET,
    stage_status: TransferStatus | Unset = UNSET,
    instrument_module_id: int | Unset = UNSET,
    observing_program_id: int | Unset = UNSET,
    executed_obs_unit_id: UUID | Unset = UNSET,
    data_transfer_package_id: UUID | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    sort: ListTransferRawPackagesSort | Unset = "-created_at",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | PipelinePackagePage | Problem]:
    """List raw data packages with their place in the pipeline

     What is still in the buffer of a site is not shown; `/raw_data_package/` has it.

    Args:
        state (PackageState | Unset): Where the package is on its way to the archive.
        status (PackageStatus | Unset):
        stage (int | Unset):
        stage_status (TransferStatus | Unset):
        instrument_module_id (int | Unset):
        observing_program_id (int | Unset):
        executed_obs_unit_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        data_transfer_package_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        created_from (datetime.datetime | Unset):
        created_before (datetime.datetime | Unset):
        sort (ListTransferRawPackagesSort | Unset):  Default: '-created_at'.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | PipelinePackagePage | Problem]
    """

    kwargs = _get_kwargs(
        state=state,
        status=status,
        stage=stage,
        stage_status=stage_status,
        instrument_module_id=instrument_module_id,
        observing_program_id=observing_program_id,
        executed_obs_unit_id=executed_obs_unit_id,
        data_transfer_package_id=data_transfer_package_id,
        created_from=created_from,
        created_before=created_before,
        sort=sort,
        cursor=cursor,
        limit=limit,
        ops_position=ops_position,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    state: PackageState | Unset = UNSET,
    status: PackageStatus | Unset = UNSET,
    stage: int | Unset = UNSET,
    stage_status: TransferStatus | Unset = UNSET,
    instrument_module_id: int | Unset = UNSET,
    observing_program_id: int | Unset = UNSET,
    executed_obs_unit_id: UUID | Unset = UNSET,
    data_transfer_package_id: UUID | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    sort: ListTransferRawPackagesSort | Unset = "-created_at",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | PipelinePackagePage | Problem | None:
    """List raw data packages with their place in the pipeline

     What is still in the buffer of a site is not shown; `/raw_data_package/` has it.

    Args:
        state (PackageState | Unset): Where the package is on its way to the archive.
        status (PackageStatus | Unset):
        stage (int | Unset):
        stage_status (TransferStatus | Unset):
        instrument_module_id (int | Unset):
        observing_program_id (int | Unset):
        executed_obs_unit_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        data_transfer_package_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        created_from (datetime.datetime | Unset):
        created_before (datetime.datetime | Unset):
        sort (ListTransferRawPackagesSort | Unset):  Default: '-created_at'.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | PipelinePackagePage | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            state=state,
            status=status,
            stage=stage,
            stage_status=stage_status,
            instrument_module_id=instrument_module_id,
            observing_program_id=observing_program_id,
            executed_obs_unit_id=executed_obs_unit_id,
            data_transfer_package_id=data_transfer_package_id,
            created_from=created_from,
            created_before=created_before,
            sort=sort,
            cursor=cursor,
            limit=limit,
            ops_position=ops_position,
            if_none_match=if_none_match,
        )
    ).parsed

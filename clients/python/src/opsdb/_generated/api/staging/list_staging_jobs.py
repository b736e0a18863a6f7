from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.staging_job_page import StagingJobPage
from ...models.staging_status import StagingStatus
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    status: StagingStatus | Unset = UNSET,
    location_id: int | Unset = UNSET,
    raw_data_package_id: UUID | Unset = UNSET,
    mine: bool | Unset = False,
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

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status

    params["status"] = json_status

    params["location_id"] = location_id

    json_raw_data_package_id: str | Unset = UNSET
    if not isinstance(raw_data_package_id, Unset):
        json_raw_data_package_id = str(raw_data_package_id)
    params["raw_data_package_id"] = json_raw_data_package_id

    params["mine"] = mine

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/staging/",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | Problem | StagingJobPage:
    if response.status_code == 200:
        response_200 = StagingJobPage.from_dict(response.json())

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
) -> Response[Any | Problem | StagingJobPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    status: StagingStatus | Unset = UNSET,
    location_id: int | Unset = UNSET,
    raw_data_package_id: UUID | Unset = UNSET,
    mine: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | StagingJobPage]:
    """List staging jobs

     Newest first.

    Args:
        status (StagingStatus | Unset):
        location_id (int | Unset):
        raw_data_package_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        mine (bool | Unset):  Default: False.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | StagingJobPage]
    """

    kwargs = _get_kwargs(
        status=status,
        location_id=location_id,
        raw_data_package_id=raw_data_package_id,
        mine=mine,
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
    status: StagingStatus | Unset = UNSET,
    location_id: int | Unset = UNSET,
    raw_data_package_id: UUID | Unset = UNSET,
    mine: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | StagingJobPage | None:
    """List staging jobs

     Newest first.

    Args:
        status (StagingStatus | Unset):
        location_id (int | Unset):
        raw_data_package_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        mine (bool | Unset):  Default: False.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | StagingJobPage
    """

    return sync_detailed(
        client=client,
        status=status,
        location_id=location_id,
        raw_data_package_id=raw_data_package_id,
        mine=mine,
        cursor=cursor,
        limit=limit,
        ops_position=ops_position,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    status: StagingStatus | Unset = UNSET,
    location_id: int | Unset = UNSET,
    raw_data_package_id: UUID | Unset = UNSET,
    mine: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | StagingJobPage]:
    """List staging jobs

     Newest first.

    Args:
        status (StagingStatus | Unset):
        location_id (int | Unset):
        raw_data_package_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        mine (bool | Unset):  Default: False.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | StagingJobPage]
    """

    kwargs = _get_kwargs(
        status=status,
        location_id=location_id,
        raw_data_package_id=raw_data_package_id,
        mine=mine,
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
    status: StagingStatus | Unset = UNSET,
    location_id: int | Unset = UNSET,
    raw_data_package_id: UUID | Unset = UNSET,
    mine: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | StagingJobPage | None:
    """List staging jobs

     Newest first.

    Args:
        status (StagingStatus | Unset):
        location_id (int | Unset):
        raw_data_package_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        mine (bool | Unset):  Default: False.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | StagingJobPage
    """

    return (
        await asyncio_detailed(
            client=client,
            status=status,
            location_id=location_id,
            raw_data_package_id=raw_data_package_id,
            mine=mine,
            cursor=cursor,
            limit=limit,
            ops_position=ops_position,
            if_none_match=if_none_match,
        )
    ).parsed

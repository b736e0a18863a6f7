import datetime
from http import HTTPStatus
from typing import Any, cast

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.transfer_package_page import TransferPackagePage
from ...models.transfer_status import TransferStatus
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    status: TransferStatus | Unset = UNSET,
    origin_site_id: int | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
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

    params["origin_site_id"] = origin_site_id

    json_created_from: str | Unset = UNSET
    if not isinstance(created_from, Unset):
        json_created_from = created_from.isoformat()
    params["created_from"] = json_created_from

    json_created_before: str | Unset = UNSET
    if not isinstance(created_before, Unset):
        json_created_before = created_before.isoformat()
    params["created_before"] = json_created_before

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/transfer/packages",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | Problem | TransferPackagePage:
    if response.status_code == 200:
        response_200 = TransferPackagePage.from_dict(response.json())

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
) -> Response[Any | Problem | TransferPackagePage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    status: TransferStatus | Unset = UNSET,
    origin_site_id: int | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | TransferPackagePage]:
    """List the packages in which raw data packages travel

     Newest first.

    Args:
        status (TransferStatus | Unset):
        origin_site_id (int | Unset):
        created_from (datetime.datetime | Unset):
        created_before (datetime.datetime | Unset):
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | TransferPackagePage]
    """

    kwargs = _get_kwargs(
        status=status,
        origin_site_id=origin_site_id,
        created_from=created_from,
        created_before=created_before,
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
    status: TransferStatus | Unset = UNSET,
    origin_site_id: int | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | TransferPackagePage | None:
    """List the packages in which raw data packages travel

     Newest first.

    Args:
        status (TransferStatus | Unset):
        origin_site_id (int | Unset):
        created_from (datetime.datetime | Unset):
        created_before (datetime.datetime | Unset):
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | TransferPackagePage
    """

    return sync_detailed(
        client=client,
        status=status,
        origin_site_id=origin_site_id,
        created_from=created_from,
        created_before=created_before,
        cursor=cursor,
        limit=limit,
        ops_position=ops_position,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    status: TransferStatus | Unset = UNSET,
    origin_site_id: int | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | TransferPackagePage]:
    """List the packages in which raw data packages travel

     Newest first.

    Args:
        status (TransferStatus | Unset):
        origin_site_id (int | Unset):
        created_from (datetime.datetime | Unset):
        created_before (datetime.datetime | Unset):
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | TransferPackagePage]
    """

    kwargs = _get_kwargs(
        status=status,
        origin_site_id=origin_site_id,
        created_from=created_from,
        created_before=created_before,
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
    status: TransferStatus | Unset = UNSET,
    origin_site_id: int | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_before: datetime.datetime | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | TransferPackagePage | None:
    """List the packages in which raw data packages travel

     Newest first.

    Args:
        status (TransferStatus | Unset):
        origin_site_id (int | Unset):
        created_from (datetime.datetime | Unset):
        created_before (datetime.datetime | Unset):
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | TransferPackagePage
    """

    return (
        await asyncio_detailed(
            client=client,
            status=status,
            origin_site_id=origin_site_id,
            created_from=created_from,
            created_before=created_before,
            cursor=cursor,
            limit=limit,
            ops_position=ops_position,
            if_none_match=if_none_match,
        )
    ).parsed

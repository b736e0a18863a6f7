from http import HTTPStatus
from typing import Any, cast

import httpx

from ...client import AuthenticatedClient, Client
from ...models.copy_kind import CopyKind
from ...models.copy_page import CopyPage
from ...models.copy_status import CopyStatus
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    location_id: int | Unset = UNSET,
    status: CopyStatus | Unset = UNSET,
    kind: CopyKind | Unset = UNSET,
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

    params["location_id"] = location_id

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status

    params["status"] = json_status

    json_kind: str | Unset = UNSET
    if not isinstance(kind, Unset):
        json_kind = kind

    params["kind"] = json_kind

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/transfer/physical-copies",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | CopyPage | Problem:
    if response.status_code == 200:
        response_200 = CopyPage.from_dict(response.json())

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
) -> Response[Any | CopyPage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    location_id: int | Unset = UNSET,
    status: CopyStatus | Unset = UNSET,
    kind: CopyKind | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | CopyPage | Problem]:
    """List what lies where

     Newest first.

    Args:
        location_id (int | Unset):
        status (CopyStatus | Unset): `staged` is unpacked at a processing location;
            `deletion_possible` is a file whose package is deleted already.
        kind (CopyKind | Unset): What there is a copy of.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | CopyPage | Problem]
    """

    kwargs = _get_kwargs(
        location_id=location_id,
        status=status,
        kind=kind,
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
    location_id: int | Unset = UNSET,
    status: CopyStatus | Unset = UNSET,
    kind: CopyKind | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | CopyPage | Problem | None:
    """List what lies where

     Newest first.

    Args:
        location_id (int | Unset):
        status (CopyStatus | Unset): `staged` is unpacked at a processing location;
            `deletion_possible` is a file whose package is deleted already.
        kind (CopyKind | Unset): What there is a copy of.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | CopyPage | Problem
    """

    return sync_detailed(
        client=client,
        location_id=location_id,
        status=status,
        kind=kind,
        cursor=cursor,
        limit=limit,
        ops_position=ops_position,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    location_id: int | Unset = UNSET,
    status: CopyStatus | Unset = UNSET,
    kind: CopyKind | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | CopyPage | Problem]:
    """List what lies where

     Newest first.

    Args:
        location_id (int | Unset):
        status (CopyStatus | Unset): `staged` is unpacked at a processing location;
            `deletion_possible` is a file whose package is deleted already.
        kind (CopyKind | Unset): What there is a copy of.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | CopyPage | Problem]
    """

    kwargs = _get_kwargs(
        location_id=location_id,
        status=status,
        kind=kind,
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
    location_id: int | Unset = UNSET,
    status: CopyStatus | Unset = UNSET,
    kind: CopyKind | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | CopyPage | Problem | None:
    """List what lies where

     Newest first.

    Args:
        location_id (int | Unset):
        status (CopyStatus | Unset): `staged` is unpacked at a processing location;
            `deletion_possible` is a file whose package is deleted already.
        kind (CopyKind | Unset): What there is a copy of.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | CopyPage | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            location_id=location_id,
            status=status,
            kind=kind,
            cursor=cursor,
            limit=limit,
            ops_position=ops_position,
            if_none_match=if_none_match,
        )
    ).parsed

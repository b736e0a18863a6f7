from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

import httpx

from ...client import AuthenticatedClient, Client
from ...models.access_event_page import AccessEventPage
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    token_id: UUID | Unset = UNSET,
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

    json_token_id: str | Unset = UNSET
    if not isinstance(token_id, Unset):
        json_token_id = str(token_id)
    params["token_id"] = json_token_id

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/tokens/history",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AccessEventPage | Any | Problem:
    if response.status_code == 200:
        response_200 = AccessEventPage.from_dict(response.json())

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[AccessEventPage | Any | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    token_id: UUID | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[AccessEventPage | Any | Problem]:
    """Read what happened to one's API tokens

     Created, rotated, revoked, the newest first. Administrators see everybody's.

    Args:
        token_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AccessEventPage | Any | Problem]
    """

    kwargs = _get_kwargs(
        token_id=token_id,
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
    token_id: UUID | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> AccessEventPage | Any | Problem | None:
    """Read what happened to one's API tokens

     Created, rotated, revoked, the newest first. Administrators see everybody's.

    Args:
        token_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AccessEventPage | Any | Problem
    """

    return sync_detailed(
        client=client,
        token_id=token_id,
        cursor=cursor,
        limit=limit,
        ops_position=ops_position,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    token_id: UUID | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[AccessEventPage | Any | Problem]:
    """Read what happened to one's API tokens

     Created, rotated, revoked, the newest first. Administrators see everybody's.

    Args:
        token_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AccessEventPage | Any | Problem]
    """

    kwargs = _get_kwargs(
        token_id=token_id,
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
    token_id: UUID | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> AccessEventPage | Any | Problem | None:
    """Read what happened to one's API tokens

     Created, rotated, revoked, the newest first. Administrators see everybody's.

    Args:
        token_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AccessEventPage | Any | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            token_id=token_id,
            cursor=cursor,
            limit=limit,
            ops_position=ops_position,
            if_none_match=if_none_match,
        )
    ).parsed

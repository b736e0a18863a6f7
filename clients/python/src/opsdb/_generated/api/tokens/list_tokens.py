from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.token_page import TokenPage
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    user_id: UUID | Unset = UNSET,
    ended: bool | Unset = False,
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

    json_user_id: str | Unset = UNSET
    if not isinstance(user_id, Unset):
        json_user_id = str(user_id)
    params["user_id"] = json_user_id

    params["ended"] = ended

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/tokens/",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | TokenPage:
    if response.status_code == 200:
        response_200 = TokenPage.from_dict(response.json())

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
) -> Response[Any | Problem | TokenPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    user_id: UUID | Unset = UNSET,
    ended: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | TokenPage]:
    """List one's API tokens

     The newest first. Administrators see everybody's.

    Args:
        user_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        ended (bool | Unset):  Default: False.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | TokenPage]
    """

    kwargs = _get_kwargs(
        user_id=user_id,
        ended=ended,
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
    user_id: UUID | Unset = UNSET,
    ended: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | TokenPage | None:
    """List one's API tokens

     The newest first. Administrators see everybody's.

    Args:
        user_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        ended (bool | Unset):  Default: False.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | TokenPage
    """

    return sync_detailed(
        client=client,
        user_id=user_id,
        ended=ended,
        cursor=cursor,
        limit=limit,
        ops_position=ops_position,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    user_id: UUID | Unset = UNSET,
    ended: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | TokenPage]:
    """List one's API tokens

     The newest first. Administrators see everybody's.

    Args:
        user_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        ended (bool | Unset):  Default: False.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | TokenPage]
    """

    kwargs = _get_kwargs(
        user_id=user_id,
        ended=ended,
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
    user_id: UUID | Unset = UNSET,
    ended: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | TokenPage | None:
    """List one's API tokens

     The newest first. Administrators see everybody's.

    Args:
        user_id (UUID | Unset):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        ended (bool | Unset):  Default: False.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | TokenPage
    """

    return (
        await asyncio_detailed(
            client=client,
            user_id=user_id,
            ended=ended,
            cursor=cursor,
            limit=limit,
            ops_position=ops_position,
            if_none_match=if_none_match,
        )
    ).parsed

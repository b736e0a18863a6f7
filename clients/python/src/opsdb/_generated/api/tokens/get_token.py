from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.token import Token
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: UUID,
    *,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(ops_position, Unset):
        headers["Ops-Position"] = ops_position

    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/tokens/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | Token:
    if response.status_code == 200:
        response_200 = Token.from_dict(response.json())

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Any | Problem | Token]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: UUID,
    *,
    client: AuthenticatedClient,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | Token]:
    """Read one API token

     Everything but the token itself. Uses are added up about once a minute.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | Token]
    """

    kwargs = _get_kwargs(
        id=id,
        ops_position=ops_position,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: UUID,
    *,
    client: AuthenticatedClient,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | Token | None:
    """Read one API token

     Everything but the token itself. Uses are added up about once a minute.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | Token
    """

    return sync_detailed(
        id=id,
        client=client,
        ops_position=ops_position,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    id: UUID,
    *,
    client: AuthenticatedClient,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | Token]:
    """Read one API token

     Everything but the token itself. Uses are added up about once a minute.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | Token]
    """

    kwargs = _get_kwargs(
        id=id,
        ops_position=ops_position,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: UUID,
    *,
    client: AuthenticatedClient,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | Token | None:
    """Read one API token

     Everything but the token itself. Uses are added up about once a minute.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | Token
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            ops_position=ops_position,
            if_none_match=if_none_match,
        )
    ).parsed

from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.live_ticket import LiveTicket
from ...models.problem import Problem
from ...types import Response


def _get_kwargs() -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/auth/ticket",
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> LiveTicket | Problem:
    if response.status_code == 201:
        response_201 = LiveTicket.from_dict(response.json())

        return response_201

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[LiveTicket | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
) -> Response[LiveTicket | Problem]:
    """Get a ticket for one WebSocket

     It stands for the credential of this request at one operation of the tag `live`, once, at this site,
    for 30 seconds:
    for browsers, which cannot send a header with a WebSocket.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[LiveTicket | Problem]
    """

    kwargs = _get_kwargs()

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
) -> LiveTicket | Problem | None:
    """Get a ticket for one WebSocket

     It stands for the credential of this request at one operation of the tag `live`, once, at this site,
    for 30 seconds:
    for browsers, which cannot send a header with a WebSocket.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        LiveTicket | Problem
    """

    return sync_detailed(
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
) -> Response[LiveTicket | Problem]:
    """Get a ticket for one WebSocket

     It stands for the credential of this request at one operation of the tag `live`, once, at this site,
    for 30 seconds:
    for browsers, which cannot send a header with a WebSocket.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[LiveTicket | Problem]
    """

    kwargs = _get_kwargs()

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
) -> LiveTicket | Problem | None:
    """Get a ticket for one WebSocket

     It stands for the credential of this request at one operation of the tag `live`, once, at this site,
    for 30 seconds:
    for browsers, which cannot send a header with a WebSocket.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        LiveTicket | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
        )
    ).parsed

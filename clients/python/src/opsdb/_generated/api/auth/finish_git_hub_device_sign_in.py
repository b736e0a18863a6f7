from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.device_code import DeviceCode
from ...models.device_pending import DevicePending
from ...models.device_session import DeviceSession
from ...models.problem import Problem
from ...types import Response


def _get_kwargs(
    *,
    body: DeviceCode,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/github/device/token",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> DevicePending | DeviceSession | Problem:
    if response.status_code == 200:
        response_200 = DeviceSession.from_dict(response.json())

        return response_200

    if response.status_code == 202:
        response_202 = DevicePending.from_dict(response.json())

        return response_202

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = Problem.from_dict(response.json())

        return response_429

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[DevicePending | DeviceSession | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: DeviceCode,
) -> Response[DevicePending | DeviceSession | Problem]:
    """Ask whether the user has signed in

     Ask every `interval` seconds. The answer is given once: the access token of a session that nothing
    renews, for making
    an API token and ending the session.

    Args:
        body (DeviceCode):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DevicePending | DeviceSession | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
    body: DeviceCode,
) -> DevicePending | DeviceSession | Problem | None:
    """Ask whether the user has signed in

     Ask every `interval` seconds. The answer is given once: the access token of a session that nothing
    renews, for making
    an API token and ending the session.

    Args:
        body (DeviceCode):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DevicePending | DeviceSession | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: DeviceCode,
) -> Response[DevicePending | DeviceSession | Problem]:
    """Ask whether the user has signed in

     Ask every `interval` seconds. The answer is given once: the access token of a session that nothing
    renews, for making
    an API token and ending the session.

    Args:
        body (DeviceCode):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DevicePending | DeviceSession | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: DeviceCode,
) -> DevicePending | DeviceSession | Problem | None:
    """Ask whether the user has signed in

     Ask every `interval` seconds. The answer is given once: the access token of a session that nothing
    renews, for making
    an API token and ending the session.

    Args:
        body (DeviceCode):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DevicePending | DeviceSession | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed

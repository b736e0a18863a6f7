from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.device_sign_in import DeviceSignIn
from ...models.problem import Problem
from ...types import Response


def _get_kwargs() -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/github/device",
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> DeviceSignIn | Problem:
    if response.status_code == 201:
        response_201 = DeviceSignIn.from_dict(response.json())

        return response_201

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

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
) -> Response[DeviceSignIn | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
) -> Response[DeviceSignIn | Problem]:
    """Sign in by GitHub from a terminal

     For programs without a browser. The user opens `verification_uri` in any browser and enters
    `user_code` there;
    meanwhile the program asks `/github/device/token`. Off unless the app at GitHub allows the device
    flow.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DeviceSignIn | Problem]
    """

    kwargs = _get_kwargs()

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient | Client,
) -> DeviceSignIn | Problem | None:
    """Sign in by GitHub from a terminal

     For programs without a browser. The user opens `verification_uri` in any browser and enters
    `user_code` there;
    meanwhile the program asks `/github/device/token`. Off unless the app at GitHub allows the device
    flow.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DeviceSignIn | Problem
    """

    return sync_detailed(
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
) -> Response[DeviceSignIn | Problem]:
    """Sign in by GitHub from a terminal

     For programs without a browser. The user opens `verification_uri` in any browser and enters
    `user_code` there;
    meanwhile the program asks `/github/device/token`. Off unless the app at GitHub allows the device
    flow.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DeviceSignIn | Problem]
    """

    kwargs = _get_kwargs()

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
) -> DeviceSignIn | Problem | None:
    """Sign in by GitHub from a terminal

     For programs without a browser. The user opens `verification_uri` in any browser and enters
    `user_code` there;
    meanwhile the program asks `/github/device/token`. Off unless the app at GitHub allows the device
    flow.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DeviceSignIn | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
        )
    ).parsed

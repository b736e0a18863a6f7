from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.break_glass import BreakGlass
from ...models.problem import Problem
from ...models.session import Session
from ...types import Response


def _get_kwargs(
    *,
    body: BreakGlass,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/auth/break-glass",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | Session:
    if response.status_code == 200:
        response_200 = Session.from_dict(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | Session]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: BreakGlass,
) -> Response[Problem | Session]:
    """Sign in as the operator of this site for emergencies

     For a site that is cut off from GitHub and the main site: who was made by `opsdb user break-glass`
    at this very
    site. Off unless the setting BREAK_GLASS says otherwise, audited, and shown by `/health`. Failed
    attempts are
    slowed down.

    Args:
        body (BreakGlass):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Session]
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
    body: BreakGlass,
) -> Problem | Session | None:
    """Sign in as the operator of this site for emergencies

     For a site that is cut off from GitHub and the main site: who was made by `opsdb user break-glass`
    at this very
    site. Off unless the setting BREAK_GLASS says otherwise, audited, and shown by `/health`. Failed
    attempts are
    slowed down.

    Args:
        body (BreakGlass):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Session
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient | Client,
    body: BreakGlass,
) -> Response[Problem | Session]:
    """Sign in as the operator of this site for emergencies

     For a site that is cut off from GitHub and the main site: who was made by `opsdb user break-glass`
    at this very
    site. Off unless the setting BREAK_GLASS says otherwise, audited, and shown by `/health`. Failed
    attempts are
    slowed down.

    Args:
        body (BreakGlass):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Session]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient | Client,
    body: BreakGlass,
) -> Problem | Session | None:
    """Sign in as the operator of this site for emergencies

     For a site that is cut off from GitHub and the main site: who was made by `opsdb user break-glass`
    at this very
    site. Off unless the setting BREAK_GLASS says otherwise, audited, and shown by `/health`. Failed
    attempts are
    slowed down.

    Args:
        body (BreakGlass):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Session
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed

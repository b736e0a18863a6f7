from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.issued_token import IssuedToken
from ...models.problem import Problem
from ...models.token_create import TokenCreate
from ...types import Response


def _get_kwargs(
    *,
    body: TokenCreate,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/tokens/",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> IssuedToken | Problem:
    if response.status_code == 201:
        response_201 = IssuedToken.from_dict(response.json())

        return response_201

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

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
) -> Response[IssuedToken | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: TokenCreate,
) -> Response[IssuedToken | Problem]:
    """Make an API token

     The token itself is in the answer to this request and nowhere else. Its scopes cannot go beyond what
    its maker may
    do now; one with a wildcard such as `read:*` is whatever its user may do of it, now and later, and
    so is for one's
    own tokens, made with a session or with a token that is not limited. Repeating the request makes
    another token: revoke the one whose answer got lost.
    How many tokens of one user are good at a time is limited (100, unless the site is set to another
    number): one more is
    refused with 409 `too-many-tokens`, which says how many there are.

    Args:
        body (TokenCreate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[IssuedToken | Problem]
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
    client: AuthenticatedClient,
    body: TokenCreate,
) -> IssuedToken | Problem | None:
    """Make an API token

     The token itself is in the answer to this request and nowhere else. Its scopes cannot go beyond what
    its maker may
    do now; one with a wildcard such as `read:*` is whatever its user may do of it, now and later, and
    so is for one's
    own tokens, made with a session or with a token that is not limited. Repeating the request makes
    another token: revoke the one whose answer got lost.
    How many tokens of one user are good at a time is limited (100, unless the site is set to another
    number): one more is
    refused with 409 `too-many-tokens`, which says how many there are.

    Args:
        body (TokenCreate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        IssuedToken | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: TokenCreate,
) -> Response[IssuedToken | Problem]:
    """Make an API token

     The token itself is in the answer to this request and nowhere else. Its scopes cannot go beyond what
    its maker may
    do now; one with a wildcard such as `read:*` is whatever its user may do of it, now and later, and
    so is for one's
    own tokens, made with a session or with a token that is not limited. Repeating the request makes
    another token: revoke the one whose answer got lost.
    How many tokens of one user are good at a time is limited (100, unless the site is set to another
    number): one more is
    refused with 409 `too-many-tokens`, which says how many there are.

    Args:
        body (TokenCreate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[IssuedToken | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: TokenCreate,
) -> IssuedToken | Problem | None:
    """Make an API token

     The token itself is in the answer to this request and nowhere else. Its scopes cannot go beyond what
    its maker may
    do now; one with a wildcard such as `read:*` is whatever its user may do of it, now and later, and
    so is for one's
    own tokens, made with a session or with a token that is not limited. Repeating the request makes
    another token: revoke the one whose answer got lost.
    How many tokens of one user are good at a time is limited (100, unless the site is set to another
    number): one more is
    refused with 409 `too-many-tokens`, which says how many there are.

    Args:
        body (TokenCreate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        IssuedToken | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed

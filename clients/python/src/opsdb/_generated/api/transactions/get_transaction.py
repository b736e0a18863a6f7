from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.transaction import Transaction
from ...models.wait_state import WaitState
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: UUID,
    *,
    wait: WaitState | Unset = UNSET,
    timeout: str | Unset = "10s",
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_wait: str | Unset = UNSET
    if not isinstance(wait, Unset):
        json_wait = wait

    params["wait"] = json_wait

    params["timeout"] = timeout

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/transactions/{id}".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | Transaction:
    if response.status_code == 200:
        response_200 = Transaction.from_dict(response.json())

        return response_200

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
) -> Response[Problem | Transaction]:
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
    wait: WaitState | Unset = UNSET,
    timeout: str | Unset = "10s",
) -> Response[Problem | Transaction]:
    """Read one write

     With `wait` the answer comes when the write has reached that state, or when `timeout` is over: read
    `state`. What
    this site has forgotten the ledger still knows, with fewer fields.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        wait (WaitState | Unset):
        timeout (str | Unset):  Default: '10s'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Transaction]
    """

    kwargs = _get_kwargs(
        id=id,
        wait=wait,
        timeout=timeout,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: UUID,
    *,
    client: AuthenticatedClient,
    wait: WaitState | Unset = UNSET,
    timeout: str | Unset = "10s",
) -> Problem | Transaction | None:
    """Read one write

     With `wait` the answer comes when the write has reached that state, or when `timeout` is over: read
    `state`. What
    this site has forgotten the ledger still knows, with fewer fields.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        wait (WaitState | Unset):
        timeout (str | Unset):  Default: '10s'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Transaction
    """

    return sync_detailed(
        id=id,
        client=client,
        wait=wait,
        timeout=timeout,
    ).parsed


async def asyncio_detailed(
    id: UUID,
    *,
    client: AuthenticatedClient,
    wait: WaitState | Unset = UNSET,
    timeout: str | Unset = "10s",
) -> Response[Problem | Transaction]:
    """Read one write

     With `wait` the answer comes when the write has reached that state, or when `timeout` is over: read
    `state`. What
    this site has forgotten the ledger still knows, with fewer fields.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        wait (WaitState | Unset):
        timeout (str | Unset):  Default: '10s'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | Transaction]
    """

    kwargs = _get_kwargs(
        id=id,
        wait=wait,
        timeout=timeout,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: UUID,
    *,
    client: AuthenticatedClient,
    wait: WaitState | Unset = UNSET,
    timeout: str | Unset = "10s",
) -> Problem | Transaction | None:
    """Read one write

     With `wait` the answer comes when the write has reached that state, or when `timeout` is over: read
    `state`. What
    this site has forgotten the ledger still knows, with fewer fields.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        wait (WaitState | Unset):
        timeout (str | Unset):  Default: '10s'.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | Transaction
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            wait=wait,
            timeout=timeout,
        )
    ).parsed

from http import HTTPStatus
from typing import Any, cast

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.transfer_overview import TransferOverview
from ...types import UNSET, Response, Unset


def _get_kwargs(
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
        "url": "/api/transfer/overview",
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | Problem | TransferOverview:
    if response.status_code == 200:
        response_200 = TransferOverview.from_dict(response.json())

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
) -> Response[Any | Problem | TransferOverview]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | TransferOverview]:
    """How the data travel

     All of the pipeline in one answer: what is at which stage, what is under way and how fast, what has
    stalled or failed, and
    how old the oldest package is that no archive has. At the stages 0 to 5 each raw data package counts
    once, so they add up
    to `total_packages`.

    Args:
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | TransferOverview]
    """

    kwargs = _get_kwargs(
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
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | TransferOverview | None:
    """How the data travel

     All of the pipeline in one answer: what is at which stage, what is under way and how fast, what has
    stalled or failed, and
    how old the oldest package is that no archive has. At the stages 0 to 5 each raw data package counts
    once, so they add up
    to `total_packages`.

    Args:
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | TransferOverview
    """

    return sync_detailed(
        client=client,
        ops_position=ops_position,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | TransferOverview]:
    """How the data travel

     All of the pipeline in one answer: what is at which stage, what is under way and how fast, what has
    stalled or failed, and
    how old the oldest package is that no archive has. At the stages 0 to 5 each raw data package counts
    once, so they add up
    to `total_packages`.

    Args:
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | TransferOverview]
    """

    kwargs = _get_kwargs(
        ops_position=ops_position,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | TransferOverview | None:
    """How the data travel

     All of the pipeline in one answer: what is at which stage, what is under way and how fast, what has
    stalled or failed, and
    how old the oldest package is that no archive has. At the stages 0 to 5 each raw data package counts
    once, so they add up
    to `total_packages`.

    Args:
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | TransferOverview
    """

    return (
        await asyncio_detailed(
            client=client,
            ops_position=ops_position,
            if_none_match=if_none_match,
        )
    ).parsed

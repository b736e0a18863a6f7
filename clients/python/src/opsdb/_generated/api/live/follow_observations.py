from http import HTTPStatus
from typing import Any, cast

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    epoch: str | Unset = UNSET,
    offset: int | Unset = UNSET,
    ticket: str | Unset = UNSET,
    token: str | Unset = UNSET,
    last_event_id: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(last_event_id, Unset):
        headers["Last-Event-ID"] = last_event_id

    params: dict[str, Any] = {}

    params["epoch"] = epoch

    params["offset"] = offset

    params["ticket"] = ticket

    params["token"] = token

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/live/observations",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | str:
    if response.status_code == 101:
        response_101 = cast(Any, None)
        return response_101

    if response.status_code == 200:
        response_200 = response.text
        return response_200

    if response.status_code == 426:
        response_426 = Problem.from_dict(response.json())

        return response_426

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem | str]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    epoch: str | Unset = UNSET,
    offset: int | Unset = UNSET,
    ticket: str | Unset = UNSET,
    token: str | Unset = UNSET,
    last_event_id: str | Unset = UNSET,
) -> Response[Any | Problem | str]:
    """Follow observations

     The snapshot is the first page of `/executed_obs_units/`, the newest executions first.

    Args:
        epoch (str | Unset):
        offset (int | Unset):
        ticket (str | Unset):
        token (str | Unset):
        last_event_id (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | str]
    """

    kwargs = _get_kwargs(
        epoch=epoch,
        offset=offset,
        ticket=ticket,
        token=token,
        last_event_id=last_event_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    epoch: str | Unset = UNSET,
    offset: int | Unset = UNSET,
    ticket: str | Unset = UNSET,
    token: str | Unset = UNSET,
    last_event_id: str | Unset = UNSET,
) -> Any | Problem | str | None:
    """Follow observations

     The snapshot is the first page of `/executed_obs_units/`, the newest executions first.

    Args:
        epoch (str | Unset):
        offset (int | Unset):
        ticket (str | Unset):
        token (str | Unset):
        last_event_id (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | str
    """

    return sync_detailed(
        client=client,
        epoch=epoch,
        offset=offset,
        ticket=ticket,
        token=token,
        last_event_id=last_event_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    epoch: str | Unset = UNSET,
    offset: int | Unset = UNSET,
    ticket: str | Unset = UNSET,
    token: str | Unset = UNSET,
    last_event_id: str | Unset = UNSET,
) -> Response[Any | Problem | str]:
    """Follow observations

     The snapshot is the first page of `/executed_obs_units/`, the newest executions first.

    Args:
        epoch (str | Unset):
        offset (int | Unset):
        ticket (str | Unset):
        token (str | Unset):
        last_event_id (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | str]
    """

    kwargs = _get_kwargs(
        epoch=epoch,
        offset=offset,
        ticket=ticket,
        token=token,
        last_event_id=last_event_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    epoch: str | Unset = UNSET,
    offset: int | Unset = UNSET,
    ticket: str | Unset = UNSET,
    token: str | Unset = UNSET,
    last_event_id: str | Unset = UNSET,
) -> Any | Problem | str | None:
    """Follow observations

     The snapshot is the first page of `/executed_obs_units/`, the newest executions first.

    Args:
        epoch (str | Unset):
        offset (int | Unset):
        ticket (str | Unset):
        token (str | Unset):
        last_event_id (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | str
    """

    return (
        await asyncio_detailed(
            client=client,
            epoch=epoch,
            offset=offset,
            ticket=ticket,
            token=token,
            last_event_id=last_event_id,
        )
    ).parsed

from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.executed_obs_unit_detail import ExecutedObsUnitDetail
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    obs_unit_id: int,
    *,
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

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/executed_obs_units/{obs_unit_id}".format(
            obs_unit_id=quote(str(obs_unit_id), safe=""),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | Problem | list[ExecutedObsUnitDetail]:
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for response_200_item_data in _response_200:
            response_200_item = ExecutedObsUnitDetail.from_dict(response_200_item_data)

            response_200.append(response_200_item)

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
) -> Response[Any | Problem | list[ExecutedObsUnitDetail]]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    obs_unit_id: int,
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | list[ExecutedObsUnitDetail]]:
    """List the executions of a planned unit with their packages and files

     The newest first; an empty list when there are none. The body is a bare array, so the cursor of the
    next page is
    in the header `Ops-Next-Cursor`, which is absent on the last page.

    Args:
        obs_unit_id (int):
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | list[ExecutedObsUnitDetail]]
    """

    kwargs = _get_kwargs(
        obs_unit_id=obs_unit_id,
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
    obs_unit_id: int,
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | list[ExecutedObsUnitDetail] | None:
    """List the executions of a planned unit with their packages and files

     The newest first; an empty list when there are none. The body is a bare array, so the cursor of the
    next page is
    in the header `Ops-Next-Cursor`, which is absent on the last page.

    Args:
        obs_unit_id (int):
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | list[ExecutedObsUnitDetail]
    """

    return sync_detailed(
        obs_unit_id=obs_unit_id,
        client=client,
        cursor=cursor,
        limit=limit,
        ops_position=ops_position,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    obs_unit_id: int,
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | list[ExecutedObsUnitDetail]]:
    """List the executions of a planned unit with their packages and files

     The newest first; an empty list when there are none. The body is a bare array, so the cursor of the
    next page is
    in the header `Ops-Next-Cursor`, which is absent on the last page.

    Args:
        obs_unit_id (int):
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | list[ExecutedObsUnitDetail]]
    """

    kwargs = _get_kwargs(
        obs_unit_id=obs_unit_id,
        cursor=cursor,
        limit=limit,
        ops_position=ops_position,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    obs_unit_id: int,
    *,
    client: AuthenticatedClient,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | list[ExecutedObsUnitDetail] | None:
    """List the executions of a planned unit with their packages and files

     The newest first; an empty list when there are none. The body is a bare array, so the cursor of the
    next page is
    in the header `Ops-Next-Cursor`, which is absent on the last page.

    Args:
        obs_unit_id (int):
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | list[ExecutedObsUnitDetail]
    """

    return (
        await asyncio_detailed(
            obs_unit_id=obs_unit_id,
            client=client,
            cursor=cursor,
            limit=limit,
            ops_position=ops_position,
            if_none_match=if_none_match,
        )
    ).parsed

import datetime
from http import HTTPStatus
from typing import Any, cast

import httpx

from ...client import AuthenticatedClient, Client
from ...models.executed_obs_unit_page import ExecutedObsUnitPage
from ...models.observation_status import ObservationStatus
from ...models.order import Order
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    status: ObservationStatus | Unset = UNSET,
    obs_unit_id: int | Unset = UNSET,
    observing_program_id: int | Unset = UNSET,
    instrument_module_id: int | Unset = UNSET,
    start_from: datetime.datetime | Unset = UNSET,
    start_before: datetime.datetime | Unset = UNSET,
    day_obs: datetime.date | Unset = UNSET,
    day_obs_from: datetime.date | Unset = UNSET,
    day_obs_to: datetime.date | Unset = UNSET,
    order: Order | Unset = UNSET,
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

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status

    params["status"] = json_status

    params["obs_unit_id"] = obs_unit_id

    params["observing_program_id"] = observing_program_id

    params["instrument_module_id"] = instrument_module_id

    json_start_from: str | Unset = UNSET
    if not isinstance(start_from, Unset):
        json_start_from = start_from.isoformat()
    params["start_from"] = json_start_from

    json_start_before: str | Unset = UNSET
    if not isinstance(start_before, Unset):
        json_start_before = start_before.isoformat()
    params["start_before"] = json_start_before

    json_day_obs: str | Unset = UNSET
    if not isinstance(day_obs, Unset):
        json_day_obs = day_obs.isoformat()
    params["day_obs"] = json_day_obs

    json_day_obs_from: str | Unset = UNSET
    if not isinstance(day_obs_from, Unset):
        json_day_obs_from = day_obs_from.isoformat()
    params["day_obs_from"] = json_day_obs_from

    json_day_obs_to: str | Unset = UNSET
    if not isinstance(day_obs_to, Unset):
        json_day_obs_to = day_obs_to.isoformat()
    params["day_obs_to"] = json_day_obs_to

    json_order: str | Unset = UNSET
    if not isinstance(order, Unset):
        json_order = order

    params["order"] = json_order

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/executed_obs_units/",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ExecutedObsUnitPage | Problem:
    if response.status_code == 200:
        response_200 = ExecutedObsUnitPage.from_dict(response.json())

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
) -> Response[Any | ExecutedObsUnitPage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    status: ObservationStatus | Unset = UNSET,
    obs_unit_id: int | Unset = UNSET,
    observing_program_id: int | Unset = UNSET,
    instrument_module_id: int | Unset = UNSET,
    start_from: datetime.datetime | Unset = UNSET,
    start_before: datetime.datetime | Unset = UNSET,
    day_obs: datetime.date | Unset = UNSET,
    day_obs_from: datetime.date | Unset = UNSET,
    day_obs_to: datetime.date | Unset = UNSET,
    order: Order | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ExecutedObsUnitPage | Problem]:
    """List executions

     In order of their start time. Writes of this site that are still on their way are part of the list.

    Args:
        status (ObservationStatus | Unset):
        obs_unit_id (int | Unset):
        observing_program_id (int | Unset):
        instrument_module_id (int | Unset):
        start_from (datetime.datetime | Unset):  Example: 2026-07-15T11:20:00Z.
        start_before (datetime.datetime | Unset):  Example: 2026-07-15T11:20:00Z.
        day_obs (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        day_obs_from (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        day_obs_to (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        order (Order | Unset):
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ExecutedObsUnitPage | Problem]
    """

    kwargs = _get_kwargs(
        status=status,
        obs_unit_id=obs_unit_id,
        observing_program_id=observing_program_id,
        instrument_module_id=instrument_module_id,
        start_from=start_from,
        start_before=start_before,
        day_obs=day_obs,
        day_obs_from=day_obs_from,
        day_obs_to=day_obs_to,
        order=order,
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
    *,
    client: AuthenticatedClient,
    status: ObservationStatus | Unset = UNSET,
    obs_unit_id: int | Unset = UNSET,
    observing_program_id: int | Unset = UNSET,
    instrument_module_id: int | Unset = UNSET,
    start_from: datetime.datetime | Unset = UNSET,
    start_before: datetime.datetime | Unset = UNSET,
    day_obs: datetime.date | Unset = UNSET,
    day_obs_from: datetime.date | Unset = UNSET,
    day_obs_to: datetime.date | Unset = UNSET,
    order: Order | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ExecutedObsUnitPage | Problem | None:
    """List executions

     In order of their start time. Writes of this site that are still on their way are part of the list.

    Args:
        status (ObservationStatus | Unset):
        obs_unit_id (int | Unset):
        observing_program_id (int | Unset):
        instrument_module_id (int | Unset):
        start_from (datetime.datetime | Unset):  Example: 2026-07-15T11:20:00Z.
        start_before (datetime.datetime | Unset):  Example: 2026-07-15T11:20:00Z.
        day_obs (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        day_obs_from (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        day_obs_to (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        order (Order | Unset):
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ExecutedObsUnitPage | Problem
    """

    return sync_detailed(
        client=client,
        status=status,
        obs_unit_id=obs_unit_id,
        observing_program_id=observing_program_id,
        instrument_module_id=instrument_module_id,
        start_from=start_from,
        start_before=start_before,
        day_obs=day_obs,
        day_obs_from=day_obs_from,
        day_obs_to=day_obs_to,
        order=order,
        cursor=cursor,
        limit=limit,
        ops_position=ops_position,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    status: ObservationStatus | Unset = UNSET,
    obs_unit_id: int | Unset = UNSET,
    observing_program_id: int | Unset = UNSET,
    instrument_module_id: int | Unset = UNSET,
    start_from: datetime.datetime | Unset = UNSET,
    start_before: datetime.datetime | Unset = UNSET,
    day_obs: datetime.date | Unset = UNSET,
    day_obs_from: datetime.date | Unset = UNSET,
    day_obs_to: datetime.date | Unset = UNSET,
    order: Order | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ExecutedObsUnitPage | Problem]:
    """List executions

     In order of their start time. Writes of this site that are still on their way are part of the list.

    Args:
        status (ObservationStatus | Unset):
        obs_unit_id (int | Unset):
        observing_program_id (int | Unset):
        instrument_module_id (int | Unset):
        start_from (datetime.datetime | Unset):  Example: 2026-07-15T11:20:00Z.
        start_before (datetime.datetime | Unset):  Example: 2026-07-15T11:20:00Z.
        day_obs (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        day_obs_from (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        day_obs_to (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        order (Order | Unset):
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ExecutedObsUnitPage | Problem]
    """

    kwargs = _get_kwargs(
        status=status,
        obs_unit_id=obs_unit_id,
        observing_program_id=observing_program_id,
        instrument_module_id=instrument_module_id,
        start_from=start_from,
        start_before=start_before,
        day_obs=day_obs,
        day_obs_from=day_obs_from,
        day_obs_to=day_obs_to,
        order=order,
        cursor=cursor,
        limit=limit,
        ops_position=ops_position,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    status: ObservationStatus | Unset = UNSET,
    obs_unit_id: int | Unset = UNSET,
    observing_program_id: int | Unset = UNSET,
    instrument_module_id: int | Unset = UNSET,
    start_from: datetime.datetime | Unset = UNSET,
    start_before: datetime.datetime | Unset = UNSET,
    day_obs: datetime.date | Unset = UNSET,
    day_obs_from: datetime.date | Unset = UNSET,
    day_obs_to: datetime.date | Unset = UNSET,
    order: Order | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ExecutedObsUnitPage | Problem | None:
    """List executions

     In order of their start time. Writes of this site that are still on their way are part of the list.

    Args:
        status (ObservationStatus | Unset):
        obs_unit_id (int | Unset):
        observing_program_id (int | Unset):
        instrument_module_id (int | Unset):
        start_from (datetime.datetime | Unset):  Example: 2026-07-15T11:20:00Z.
        start_before (datetime.datetime | Unset):  Example: 2026-07-15T11:20:00Z.
        day_obs (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        day_obs_from (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        day_obs_to (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        order (Order | Unset):
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ExecutedObsUnitPage | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            status=status,
            obs_unit_id=obs_unit_id,
            observing_program_id=observing_program_id,
            instrument_module_id=instrument_module_id,
            start_from=start_from,
            start_before=start_before,
            day_obs=day_obs,
            day_obs_from=day_obs_from,
            day_obs_to=day_obs_to,
            order=order,
            cursor=cursor,
            limit=limit,
            ops_position=ops_position,
            if_none_match=if_none_match,
        )
    ).parsed

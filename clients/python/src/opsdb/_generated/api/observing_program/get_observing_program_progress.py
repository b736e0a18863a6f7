import datetime
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.program_progress import ProgramProgress
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: int,
    *,
    sub_observing_program_id: int | Unset = UNSET,
    active: bool | Unset = UNSET,
    day_obs: datetime.date | Unset = UNSET,
    day_obs_from: datetime.date | Unset = UNSET,
    day_obs_to: datetime.date | Unset = UNSET,
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

    params["sub_observing_program_id"] = sub_observing_program_id

    params["active"] = active

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

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/observing_program/{id}/progress".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | Problem | ProgramProgress:
    if response.status_code == 200:
        response_200 = ProgramProgress.from_dict(response.json())

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

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
) -> Response[Any | Problem | ProgramProgress]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: int,
    *,
    client: AuthenticatedClient,
    sub_observing_program_id: int | Unset = UNSET,
    active: bool | Unset = UNSET,
    day_obs: datetime.date | Unset = UNSET,
    day_obs_from: datetime.date | Unset = UNSET,
    day_obs_to: datetime.date | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | ProgramProgress]:
    """How far a program has come

     Its planned units against what was executed, in sum over all that the filters let pass and unit by
    unit, in order
    of their names. It is as this site's copy of the main database has it.

    Args:
        id (int):
        sub_observing_program_id (int | Unset):
        active (bool | Unset):
        day_obs (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        day_obs_from (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        day_obs_to (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | ProgramProgress]
    """

    kwargs = _get_kwargs(
        id=id,
        sub_observing_program_id=sub_observing_program_id,
        active=active,
        day_obs=day_obs,
        day_obs_from=day_obs_from,
        day_obs_to=day_obs_to,
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
    id: int,
    *,
    client: AuthenticatedClient,
    sub_observing_program_id: int | Unset = UNSET,
    active: bool | Unset = UNSET,
    day_obs: datetime.date | Unset = UNSET,
    day_obs_from: datetime.date | Unset = UNSET,
    day_obs_to: datetime.date | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | ProgramProgress | None:
    """How far a program has come

     Its planned units against what was executed, in sum over all that the filters let pass and unit by
    unit, in order
    of their names. It is as this site's copy of the main database has it.

    Args:
        id (int):
        sub_observing_program_id (int | Unset):
        active (bool | Unset):
        day_obs (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        day_obs_from (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        day_obs_to (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | ProgramProgress
    """

    return sync_detailed(
        id=id,
        client=client,
        sub_observing_program_id=sub_observing_program_id,
        active=active,
        day_obs=day_obs,
        day_obs_from=day_obs_from,
        day_obs_to=day_obs_to,
        cursor=cursor,
        limit=limit,
        ops_position=ops_position,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    id: int,
    *,
    client: AuthenticatedClient,
    sub_observing_program_id: int | Unset = UNSET,
    active: bool | Unset = UNSET,
    day_obs: datetime.date | Unset = UNSET,
    day_obs_from: datetime.date | Unset = UNSET,
    day_obs_to: datetime.date | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | ProgramProgress]:
    """How far a program has come

     Its planned units against what was executed, in sum over all that the filters let pass and unit by
    unit, in order
    of their names. It is as this site's copy of the main database has it.

    Args:
        id (int):
        sub_observing_program_id (int | Unset):
        active (bool | Unset):
        day_obs (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        day_obs_from (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        day_obs_to (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | ProgramProgress]
    """

    kwargs = _get_kwargs(
        id=id,
        sub_observing_program_id=sub_observing_program_id,
        active=active,
        day_obs=day_obs,
        day_obs_from=day_obs_from,
        day_obs_to=day_obs_to,
        cursor=cursor,
        limit=limit,
        ops_position=ops_position,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: int,
    *,
    client: AuthenticatedClient,
    sub_observing_program_id: int | Unset = UNSET,
    active: bool | Unset = UNSET,
    day_obs: datetime.date | Unset = UNSET,
    day_obs_from: datetime.date | Unset = UNSET,
    day_obs_to: datetime.date | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | ProgramProgress | None:
    """How far a program has come

     Its planned units against what was executed, in sum over all that the filters let pass and unit by
    unit, in order
    of their names. It is as this site's copy of the main database has it.

    Args:
        id (int):
        sub_observing_program_id (int | Unset):
        active (bool | Unset):
        day_obs (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        day_obs_from (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        day_obs_to (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | ProgramProgress
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            sub_observing_program_id=sub_observing_program_id,
            active=active,
            day_obs=day_obs,
            day_obs_from=day_obs_from,
            day_obs_to=day_obs_to,
            cursor=cursor,
            limit=limit,
            ops_position=ops_position,
            if_none_match=if_none_match,
        )
    ).parsed

import datetime
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.visibility import Visibility
from ...types import UNSET, Response, Unset


def _get_kwargs(
    source_id: int,
    *,
    from_: datetime.datetime | Unset = UNSET,
    to: datetime.datetime | Unset = UNSET,
    day: datetime.date | Unset = UNSET,
    step: int | Unset = 300,
    azimuth: float | Unset = UNSET,
    min_elevation: float | Unset = 20.0,
    max_elevation: float | Unset = 90.0,
    sun_avoidance: float | Unset = 45.0,
    moon_avoidance: float | Unset = 0.0,
    night: bool | Unset = False,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(ops_position, Unset):
        headers["Ops-Position"] = ops_position

    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    params: dict[str, Any] = {}

    json_from_: str | Unset = UNSET
    if not isinstance(from_, Unset):
        json_from_ = from_.isoformat()
    params["from"] = json_from_

    json_to: str | Unset = UNSET
    if not isinstance(to, Unset):
        json_to = to.isoformat()
    params["to"] = json_to

    json_day: str | Unset = UNSET
    if not isinstance(day, Unset):
        json_day = day.isoformat()
    params["day"] = json_day

    params["step"] = step

    params["azimuth"] = azimuth

    params["min_elevation"] = min_elevation

    params["max_elevation"] = max_elevation

    params["sun_avoidance"] = sun_avoidance

    params["moon_avoidance"] = moon_avoidance

    params["night"] = night

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/visibility/{source_id}".format(
            source_id=quote(str(source_id), safe=""),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | Visibility:
    if response.status_code == 200:
        response_200 = Visibility.from_dict(response.json())

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

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
) -> Response[Any | Problem | Visibility]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    source_id: int,
    *,
    client: AuthenticatedClient,
    from_: datetime.datetime | Unset = UNSET,
    to: datetime.datetime | Unset = UNSET,
    day: datetime.date | Unset = UNSET,
    step: int | Unset = 300,
    azimuth: float | Unset = UNSET,
    min_elevation: float | Unset = 20.0,
    max_elevation: float | Unset = 90.0,
    sun_avoidance: float | Unset = 45.0,
    moon_avoidance: float | Unset = 0.0,
    night: bool | Unset = False,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | Visibility]:
    """See where a source stands and when it can be observed

     Over a time, an observing day, or the present observing day when neither is given; at most 31 days
    and 5,000
    times. The track comes as columns of one length. Windows follow each other without gaps from the
    first time to the
    end; one without reasons is one in which the source can be observed. They and the events do not
    depend on a step of
    more than ten minutes: what is shorter than that may not be seen. The limits are those of the
    telescope unless said
    otherwise.

    Args:
        source_id (int):
        from_ (datetime.datetime | Unset):  Example: 2026-07-15T11:20:00Z.
        to (datetime.datetime | Unset):  Example: 2026-07-15T11:20:00Z.
        day (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        step (int | Unset):  Default: 300.
        azimuth (float | Unset):
        min_elevation (float | Unset):  Default: 20.0.
        max_elevation (float | Unset):  Default: 90.0.
        sun_avoidance (float | Unset):  Default: 45.0.
        moon_avoidance (float | Unset):  Default: 0.0.
        night (bool | Unset):  Default: False.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | Visibility]
    """

    kwargs = _get_kwargs(
        source_id=source_id,
        from_=from_,
        to=to,
        day=day,
        step=step,
        azimuth=azimuth,
        min_elevation=min_elevation,
        max_elevation=max_elevation,
        sun_avoidance=sun_avoidance,
        moon_avoidance=moon_avoidance,
        night=night,
        ops_position=ops_position,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    source_id: int,
    *,
    client: AuthenticatedClient,
    from_: datetime.datetime | Unset = UNSET,
    to: datetime.datetime | Unset = UNSET,
    day: datetime.date | Unset = UNSET,
    step: int | Unset = 300,
    azimuth: float | Unset = UNSET,
    min_elevation: float | Unset = 20.0,
    max_elevation: float | Unset = 90.0,
    sun_avoidance: float | Unset = 45.0,
    moon_avoidance: float | Unset = 0.0,
    night: bool | Unset = False,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | Visibility | None:
    """See where a source stands and when it can be observed

     Over a time, an observing day, or the present observing day when neither is given; at most 31 days
    and 5,000
    times. The track comes as columns of one length. Windows follow each other without gaps from the
    first time to the
    end; one without reasons is one in which the source can be observed. They and the events do not
    depend on a step of
    more than ten minutes: what is shorter than that may not be seen. The limits are those of the
    telescope unless said
    otherwise.

    Args:
        source_id (int):
        from_ (datetime.datetime | Unset):  Example: 2026-07-15T11:20:00Z.
        to (datetime.datetime | Unset):  Example: 2026-07-15T11:20:00Z.
        day (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        step (int | Unset):  Default: 300.
        azimuth (float | Unset):
        min_elevation (float | Unset):  Default: 20.0.
        max_elevation (float | Unset):  Default: 90.0.
        sun_avoidance (float | Unset):  Default: 45.0.
        moon_avoidance (float | Unset):  Default: 0.0.
        night (bool | Unset):  Default: False.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | Visibility
    """

    return sync_detailed(
        source_id=source_id,
        client=client,
        from_=from_,
        to=to,
        day=day,
        step=step,
        azimuth=azimuth,
        min_elevation=min_elevation,
        max_elevation=max_elevation,
        sun_avoidance=sun_avoidance,
        moon_avoidance=moon_avoidance,
        night=night,
        ops_position=ops_position,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    source_id: int,
    *,
    client: AuthenticatedClient,
    from_: datetime.datetime | Unset = UNSET,
    to: datetime.datetime | Unset = UNSET,
    day: datetime.date | Unset = UNSET,
    step: int | Unset = 300,
    azimuth: float | Unset = UNSET,
    min_elevation: float | Unset = 20.0,
    max_elevation: float | Unset = 90.0,
    sun_avoidance: float | Unset = 45.0,
    moon_avoidance: float | Unset = 0.0,
    night: bool | Unset = False,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | Visibility]:
    """See where a source stands and when it can be observed

     Over a time, an observing day, or the present observing day when neither is given; at most 31 days
    and 5,000
    times. The track comes as columns of one length. Windows follow each other without gaps from the
    first time to the
    end; one without reasons is one in which the source can be observed. They and the events do not
    depend on a step of
    more than ten minutes: what is shorter than that may not be seen. The limits are those of the
    telescope unless said
    otherwise.

    Args:
        source_id (int):
        from_ (datetime.datetime | Unset):  Example: 2026-07-15T11:20:00Z.
        to (datetime.datetime | Unset):  Example: 2026-07-15T11:20:00Z.
        day (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        step (int | Unset):  Default: 300.
        azimuth (float | Unset):
        min_elevation (float | Unset):  Default: 20.0.
        max_elevation (float | Unset):  Default: 90.0.
        sun_avoidance (float | Unset):  Default: 45.0.
        moon_avoidance (float | Unset):  Default: 0.0.
        night (bool | Unset):  Default: False.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | Visibility]
    """

    kwargs = _get_kwargs(
        source_id=source_id,
        from_=from_,
        to=to,
        day=day,
        step=step,
        azimuth=azimuth,
        min_elevation=min_elevation,
        max_elevation=max_elevation,
        sun_avoidance=sun_avoidance,
        moon_avoidance=moon_avoidance,
        night=night,
        ops_position=ops_position,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    source_id: int,
    *,
    client: AuthenticatedClient,
    from_: datetime.datetime | Unset = UNSET,
    to: datetime.datetime | Unset = UNSET,
    day: datetime.date | Unset = UNSET,
    step: int | Unset = 300,
    azimuth: float | Unset = UNSET,
    min_elevation: float | Unset = 20.0,
    max_elevation: float | Unset = 90.0,
    sun_avoidance: float | Unset = 45.0,
    moon_avoidance: float | Unset = 0.0,
    night: bool | Unset = False,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | Visibility | None:
    """See where a source stands and when it can be observed

     Over a time, an observing day, or the present observing day when neither is given; at most 31 days
    and 5,000
    times. The track comes as columns of one length. Windows follow each other without gaps from the
    first time to the
    end; one without reasons is one in which the source can be observed. They and the events do not
    depend on a step of
    more than ten minutes: what is shorter than that may not be seen. The limits are those of the
    telescope unless said
    otherwise.

    Args:
        source_id (int):
        from_ (datetime.datetime | Unset):  Example: 2026-07-15T11:20:00Z.
        to (datetime.datetime | Unset):  Example: 2026-07-15T11:20:00Z.
        day (datetime.date | Unset): The date on which an observing day begins. Example:
            2026-07-15.
        step (int | Unset):  Default: 300.
        azimuth (float | Unset):
        min_elevation (float | Unset):  Default: 20.0.
        max_elevation (float | Unset):  Default: 90.0.
        sun_avoidance (float | Unset):  Default: 45.0.
        moon_avoidance (float | Unset):  Default: 0.0.
        night (bool | Unset):  Default: False.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | Visibility
    """

    return (
        await asyncio_detailed(
            source_id=source_id,
            client=client,
            from_=from_,
            to=to,
            day=day,
            step=step,
            azimuth=azimuth,
            min_elevation=min_elevation,
            max_elevation=max_elevation,
            sun_avoidance=sun_avoidance,
            moon_avoidance=moon_avoidance,
            night=night,
            ops_position=ops_position,
            if_none_match=if_none_match,
        )
    ).parsed

import datetime
from http import HTTPStatus
from typing import Any, cast

import httpx

from ...client import AuthenticatedClient, Client
from ...models.heatmap_column import HeatmapColumn
from ...models.heatmap_page import HeatmapPage
from ...models.problem import Problem
from ...models.source_kind import SourceKind
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    from_: datetime.date,
    to: datetime.date,
    by: HeatmapColumn | Unset = UNSET,
    source_id: list[int] | Unset = UNSET,
    kind: SourceKind | Unset = UNSET,
    min_elevation: float | Unset = 20.0,
    max_elevation: float | Unset = 90.0,
    sun_avoidance: float | Unset = 45.0,
    moon_avoidance: float | Unset = 0.0,
    night: bool | Unset = False,
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

    json_from_ = from_.isoformat()
    params["from"] = json_from_

    json_to = to.isoformat()
    params["to"] = json_to

    json_by: str | Unset = UNSET
    if not isinstance(by, Unset):
        json_by = by

    params["by"] = json_by

    json_source_id: list[int] | Unset = UNSET
    if not isinstance(source_id, Unset):
        json_source_id = source_id

    params["source_id"] = json_source_id

    json_kind: str | Unset = UNSET
    if not isinstance(kind, Unset):
        json_kind = kind

    params["kind"] = json_kind

    params["min_elevation"] = min_elevation

    params["max_elevation"] = max_elevation

    params["sun_avoidance"] = sun_avoidance

    params["moon_avoidance"] = moon_avoidance

    params["night"] = night

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/visibility/heatmap",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | HeatmapPage | Problem:
    if response.status_code == 200:
        response_200 = HeatmapPage.from_dict(response.json())

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

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
) -> Response[Any | HeatmapPage | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    from_: datetime.date,
    to: datetime.date,
    by: HeatmapColumn | Unset = UNSET,
    source_id: list[int] | Unset = UNSET,
    kind: SourceKind | Unset = UNSET,
    min_elevation: float | Unset = 20.0,
    max_elevation: float | Unset = 90.0,
    sun_avoidance: float | Unset = 45.0,
    moon_avoidance: float | Unset = 0.0,
    night: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | HeatmapPage | Problem]:
    """See when which sources can be observed

     How long each source can be observed in each observing day, or in each hour of one, in hours; to ten
    minutes. In
    order of the sources' names. A page has at most 40,000 values; what was computed before is answered
    at once.

    Args:
        from_ (datetime.date): The date on which an observing day begins. Example: 2026-07-15.
        to (datetime.date): The date on which an observing day begins. Example: 2026-07-15.
        by (HeatmapColumn | Unset):
        source_id (list[int] | Unset):
        kind (SourceKind | Unset):
        min_elevation (float | Unset):  Default: 20.0.
        max_elevation (float | Unset):  Default: 90.0.
        sun_avoidance (float | Unset):  Default: 45.0.
        moon_avoidance (float | Unset):  Default: 0.0.
        night (bool | Unset):  Default: False.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | HeatmapPage | Problem]
    """

    kwargs = _get_kwargs(
        from_=from_,
        to=to,
        by=by,
        source_id=source_id,
        kind=kind,
        min_elevation=min_elevation,
        max_elevation=max_elevation,
        sun_avoidance=sun_avoidance,
        moon_avoidance=moon_avoidance,
        night=night,
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
    from_: datetime.date,
    to: datetime.date,
    by: HeatmapColumn | Unset = UNSET,
    source_id: list[int] | Unset = UNSET,
    kind: SourceKind | Unset = UNSET,
    min_elevation: float | Unset = 20.0,
    max_elevation: float | Unset = 90.0,
    sun_avoidance: float | Unset = 45.0,
    moon_avoidance: float | Unset = 0.0,
    night: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | HeatmapPage | Problem | None:
    """See when which sources can be observed

     How long each source can be observed in each observing day, or in each hour of one, in hours; to ten
    minutes. In
    order of the sources' names. A page has at most 40,000 values; what was computed before is answered
    at once.

    Args:
        from_ (datetime.date): The date on which an observing day begins. Example: 2026-07-15.
        to (datetime.date): The date on which an observing day begins. Example: 2026-07-15.
        by (HeatmapColumn | Unset):
        source_id (list[int] | Unset):
        kind (SourceKind | Unset):
        min_elevation (float | Unset):  Default: 20.0.
        max_elevation (float | Unset):  Default: 90.0.
        sun_avoidance (float | Unset):  Default: 45.0.
        moon_avoidance (float | Unset):  Default: 0.0.
        night (bool | Unset):  Default: False.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | HeatmapPage | Problem
    """

    return sync_detailed(
        client=client,
        from_=from_,
        to=to,
        by=by,
        source_id=source_id,
        kind=kind,
        min_elevation=min_elevation,
        max_elevation=max_elevation,
        sun_avoidance=sun_avoidance,
        moon_avoidance=moon_avoidance,
        night=night,
        cursor=cursor,
        limit=limit,
        ops_position=ops_position,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    from_: datetime.date,
    to: datetime.date,
    by: HeatmapColumn | Unset = UNSET,
    source_id: list[int] | Unset = UNSET,
    kind: SourceKind | Unset = UNSET,
    min_elevation: float | Unset = 20.0,
    max_elevation: float | Unset = 90.0,
    sun_avoidance: float | Unset = 45.0,
    moon_avoidance: float | Unset = 0.0,
    night: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | HeatmapPage | Problem]:
    """See when which sources can be observed

     How long each source can be observed in each observing day, or in each hour of one, in hours; to ten
    minutes. In
    order of the sources' names. A page has at most 40,000 values; what was computed before is answered
    at once.

    Args:
        from_ (datetime.date): The date on which an observing day begins. Example: 2026-07-15.
        to (datetime.date): The date on which an observing day begins. Example: 2026-07-15.
        by (HeatmapColumn | Unset):
        source_id (list[int] | Unset):
        kind (SourceKind | Unset):
        min_elevation (float | Unset):  Default: 20.0.
        max_elevation (float | Unset):  Default: 90.0.
        sun_avoidance (float | Unset):  Default: 45.0.
        moon_avoidance (float | Unset):  Default: 0.0.
        night (bool | Unset):  Default: False.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | HeatmapPage | Problem]
    """

    kwargs = _get_kwargs(
        from_=from_,
        to=to,
        by=by,
        source_id=source_id,
        kind=kind,
        min_elevation=min_elevation,
        max_elevation=max_elevation,
        sun_avoidance=sun_avoidance,
        moon_avoidance=moon_avoidance,
        night=night,
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
    from_: datetime.date,
    to: datetime.date,
    by: HeatmapColumn | Unset = UNSET,
    source_id: list[int] | Unset = UNSET,
    kind: SourceKind | Unset = UNSET,
    min_elevation: float | Unset = 20.0,
    max_elevation: float | Unset = 90.0,
    sun_avoidance: float | Unset = 45.0,
    moon_avoidance: float | Unset = 0.0,
    night: bool | Unset = False,
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | HeatmapPage | Problem | None:
    """See when which sources can be observed

     How long each source can be observed in each observing day, or in each hour of one, in hours; to ten
    minutes. In
    order of the sources' names. A page has at most 40,000 values; what was computed before is answered
    at once.

    Args:
        from_ (datetime.date): The date on which an observing day begins. Example: 2026-07-15.
        to (datetime.date): The date on which an observing day begins. Example: 2026-07-15.
        by (HeatmapColumn | Unset):
        source_id (list[int] | Unset):
        kind (SourceKind | Unset):
        min_elevation (float | Unset):  Default: 20.0.
        max_elevation (float | Unset):  Default: 90.0.
        sun_avoidance (float | Unset):  Default: 45.0.
        moon_avoidance (float | Unset):  Default: 0.0.
        night (bool | Unset):  Default: False.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | HeatmapPage | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            from_=from_,
            to=to,
            by=by,
            source_id=source_id,
            kind=kind,
            min_elevation=min_elevation,
            max_elevation=max_elevation,
            sun_avoidance=sun_avoidance,
            moon_avoidance=moon_avoidance,
            night=night,
            cursor=cursor,
            limit=limit,
            ops_position=ops_position,
            if_none_match=if_none_match,
        )
    ).parsed

from http import HTTPStatus
from typing import Any, cast

import httpx

from ...client import AuthenticatedClient, Client
from ...models.list_sources_sort import ListSourcesSort
from ...models.problem import Problem
from ...models.source_kind import SourceKind
from ...models.source_page import SourcePage
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    kind: SourceKind | Unset = UNSET,
    q: str | Unset = UNSET,
    ra: float | Unset = UNSET,
    dec: float | Unset = UNSET,
    radius: float | Unset = UNSET,
    sort: ListSourcesSort | Unset = "name",
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

    json_kind: str | Unset = UNSET
    if not isinstance(kind, Unset):
        json_kind = kind

    params["kind"] = json_kind

    params["q"] = q

    params["ra"] = ra

    params["dec"] = dec

    params["radius"] = radius

    json_sort: str | Unset = UNSET
    if not isinstance(sort, Unset):
        json_sort = sort

    params["sort"] = json_sort

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/sources/",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | SourcePage:
    if response.status_code == 200:
        response_200 = SourcePage.from_dict(response.json())

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
) -> Response[Any | Problem | SourcePage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    kind: SourceKind | Unset = UNSET,
    q: str | Unset = UNSET,
    ra: float | Unset = UNSET,
    dec: float | Unset = UNSET,
    radius: float | Unset = UNSET,
    sort: ListSourcesSort | Unset = "name",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | SourcePage]:
    """List sources

     In order of their names, or of their distance from the middle of a cone. `ra`, `dec` and `radius` go
    together: they
    leave the fixed sources whose position in the catalogue lies in the cone, each with its
    `distance_deg`.

    Args:
        kind (SourceKind | Unset):
        q (str | Unset):
        ra (float | Unset):
        dec (float | Unset):
        radius (float | Unset):
        sort (ListSourcesSort | Unset):  Default: 'name'.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | SourcePage]
    """

    kwargs = _get_kwargs(
        kind=kind,
        q=q,
        ra=ra,
        dec=dec,
        radius=radius,
        sort=sort,
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
    kind: SourceKind | Unset = UNSET,
    q: str | Unset = UNSET,
    ra: float | Unset = UNSET,
    dec: float | Unset = UNSET,
    radius: float | Unset = UNSET,
    sort: ListSourcesSort | Unset = "name",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | SourcePage | None:
    """List sources

     In order of their names, or of their distance from the middle of a cone. `ra`, `dec` and `radius` go
    together: they
    leave the fixed sources whose position in the catalogue lies in the cone, each with its
    `distance_deg`.

    Args:
        kind (SourceKind | Unset):
        q (str | Unset):
        ra (float | Unset):
        dec (float | Unset):
        radius (float | Unset):
        sort (ListSourcesSort | Unset):  Default: 'name'.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | SourcePage
    """

    return sync_detailed(
        client=client,
        kind=kind,
        q=q,
        ra=ra,
        dec=dec,
        radius=radius,
        sort=sort,
        cursor=cursor,
        limit=limit,
        ops_position=ops_position,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    kind: SourceKind | Unset = UNSET,
    q: str | Unset = UNSET,
    ra: float | Unset = UNSET,
    dec: float | Unset = UNSET,
    radius: float | Unset = UNSET,
    sort: ListSourcesSort | Unset = "name",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | SourcePage]:
    """List sources

     In order of their names, or of their distance from the middle of a cone. `ra`, `dec` and `radius` go
    together: they
    leave the fixed sources whose position in the catalogue lies in the cone, each with its
    `distance_deg`.

    Args:
        kind (SourceKind | Unset):
        q (str | Unset):
        ra (float | Unset):
        dec (float | Unset):
        radius (float | Unset):
        sort (ListSourcesSort | Unset):  Default: 'name'.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | SourcePage]
    """

    kwargs = _get_kwargs(
        kind=kind,
        q=q,
        ra=ra,
        dec=dec,
        radius=radius,
        sort=sort,
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
    kind: SourceKind | Unset = UNSET,
    q: str | Unset = UNSET,
    ra: float | Unset = UNSET,
    dec: float | Unset = UNSET,
    radius: float | Unset = UNSET,
    sort: ListSourcesSort | Unset = "name",
    cursor: str | Unset = UNSET,
    limit: int | Unset = 100,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | SourcePage | None:
    """List sources

     In order of their names, or of their distance from the middle of a cone. `ra`, `dec` and `radius` go
    together: they
    leave the fixed sources whose position in the catalogue lies in the cone, each with its
    `distance_deg`.

    Args:
        kind (SourceKind | Unset):
        q (str | Unset):
        ra (float | Unset):
        dec (float | Unset):
        radius (float | Unset):
        sort (ListSourcesSort | Unset):  Default: 'name'.
        cursor (str | Unset):
        limit (int | Unset):  Default: 100.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | SourcePage
    """

    return (
        await asyncio_detailed(
            client=client,
            kind=kind,
            q=q,
            ra=ra,
            dec=dec,
            radius=radius,
            sort=sort,
            cursor=cursor,
            limit=limit,
            ops_position=ops_position,
            if_none_match=if_none_match,
        )
    ).parsed

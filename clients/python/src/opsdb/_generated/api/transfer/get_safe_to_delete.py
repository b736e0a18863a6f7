from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.safe_to_delete import SafeToDelete
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: UUID,
    *,
    min_copies: int | Unset = 2,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(ops_position, Unset):
        headers["Ops-Position"] = ops_position

    if not isinstance(if_none_match, Unset):
        headers["If-None-Match"] = if_none_match

    params: dict[str, Any] = {}

    params["min_copies"] = min_copies

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/transfer/files/{id}/safe-to-delete".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | SafeToDelete:
    if response.status_code == 200:
        response_200 = SafeToDelete.from_dict(response.json())

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
) -> Response[Any | Problem | SafeToDelete]:
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
    min_copies: int | Unset = 2,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | SafeToDelete]:
    """Whether a file can be deleted where it was recorded

     It can when enough copies of it, or of its package, are present and verified outside the places
    where data are recorded,
    each at another location, one of them in a long-term archive, and the package is archived. A file
    that was registered
    when its package was complete already counts as in no package: what was copied is without it. While
    this site does not
    know how old its copy of the main database is, the answer is no.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        min_copies (int | Unset):  Default: 2.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | SafeToDelete]
    """

    kwargs = _get_kwargs(
        id=id,
        min_copies=min_copies,
        ops_position=ops_position,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: UUID,
    *,
    client: AuthenticatedClient,
    min_copies: int | Unset = 2,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | SafeToDelete | None:
    """Whether a file can be deleted where it was recorded

     It can when enough copies of it, or of its package, are present and verified outside the places
    where data are recorded,
    each at another location, one of them in a long-term archive, and the package is archived. A file
    that was registered
    when its package was complete already counts as in no package: what was copied is without it. While
    this site does not
    know how old its copy of the main database is, the answer is no.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        min_copies (int | Unset):  Default: 2.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | SafeToDelete
    """

    return sync_detailed(
        id=id,
        client=client,
        min_copies=min_copies,
        ops_position=ops_position,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    id: UUID,
    *,
    client: AuthenticatedClient,
    min_copies: int | Unset = 2,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | Problem | SafeToDelete]:
    """Whether a file can be deleted where it was recorded

     It can when enough copies of it, or of its package, are present and verified outside the places
    where data are recorded,
    each at another location, one of them in a long-term archive, and the package is archived. A file
    that was registered
    when its package was complete already counts as in no package: what was copied is without it. While
    this site does not
    know how old its copy of the main database is, the answer is no.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        min_copies (int | Unset):  Default: 2.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem | SafeToDelete]
    """

    kwargs = _get_kwargs(
        id=id,
        min_copies=min_copies,
        ops_position=ops_position,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: UUID,
    *,
    client: AuthenticatedClient,
    min_copies: int | Unset = 2,
    ops_position: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | Problem | SafeToDelete | None:
    """Whether a file can be deleted where it was recorded

     It can when enough copies of it, or of its package, are present and verified outside the places
    where data are recorded,
    each at another location, one of them in a long-term archive, and the package is archived. A file
    that was registered
    when its package was complete already counts as in no package: what was copied is without it. While
    this site does not
    know how old its copy of the main database is, the answer is no.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        min_copies (int | Unset):  Default: 2.
        ops_position (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem | SafeToDelete
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            min_copies=min_copies,
            ops_position=ops_position,
            if_none_match=if_none_match,
        )
    ).parsed

from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.resolved_source import ResolvedSource
from ...models.source_query import SourceQuery
from ...types import Response


def _get_kwargs(
    *,
    body: SourceQuery,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/sources/resolve",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | ResolvedSource:
    if response.status_code == 200:
        response_200 = ResolvedSource.from_dict(response.json())

        return response_200

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
) -> Response[Problem | ResolvedSource]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: SourceQuery,
) -> Response[Problem | ResolvedSource]:
    """Find out where an object is by its name

     Sources that are known here and bodies of the solar system are answered without the network.
    Everything else is
    looked up at CDS Sesame (SIMBAD), and at NED when that knows nothing or does not answer. Answers are
    kept for a
    month, and used beyond it while nobody can be asked (`stale`); what nobody knows is asked for again
    after an hour.
    Of names that are not kept, a site asks for some two a second, as these services demand: for more,
    there is a 429.

    Args:
        body (SourceQuery):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ResolvedSource]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: SourceQuery,
) -> Problem | ResolvedSource | None:
    """Find out where an object is by its name

     Sources that are known here and bodies of the solar system are answered without the network.
    Everything else is
    looked up at CDS Sesame (SIMBAD), and at NED when that knows nothing or does not answer. Answers are
    kept for a
    month, and used beyond it while nobody can be asked (`stale`); what nobody knows is asked for again
    after an hour.
    Of names that are not kept, a site asks for some two a second, as these services demand: for more,
    there is a 429.

    Args:
        body (SourceQuery):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ResolvedSource
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: SourceQuery,
) -> Response[Problem | ResolvedSource]:
    """Find out where an object is by its name

     Sources that are known here and bodies of the solar system are answered without the network.
    Everything else is
    looked up at CDS Sesame (SIMBAD), and at NED when that knows nothing or does not answer. Answers are
    kept for a
    month, and used beyond it while nobody can be asked (`stale`); what nobody knows is asked for again
    after an hour.
    Of names that are not kept, a site asks for some two a second, as these services demand: for more,
    there is a 429.

    Args:
        body (SourceQuery):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ResolvedSource]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: SourceQuery,
) -> Problem | ResolvedSource | None:
    """Find out where an object is by its name

     Sources that are known here and bodies of the solar system are answered without the network.
    Everything else is
    looked up at CDS Sesame (SIMBAD), and at NED when that knows nothing or does not answer. Answers are
    kept for a
    month, and used beyond it while nobody can be asked (`stale`); what nobody knows is asked for again
    after an hour.
    Of names that are not kept, a site asks for some two a second, as these services demand: for more,
    there is a 429.

    Args:
        body (SourceQuery):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ResolvedSource
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed

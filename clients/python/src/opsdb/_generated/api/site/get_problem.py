from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.problem_meaning import ProblemMeaning
from ...models.problem_slug import ProblemSlug
from ...types import Response


def _get_kwargs(
    slug: ProblemSlug,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/problems/{slug}".format(
            slug=quote(str(slug), safe=""),
        ),
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | ProblemMeaning:
    if response.status_code == 200:
        response_200 = ProblemMeaning.from_dict(response.json())

        return response_200

    response_default = Problem.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Problem | ProblemMeaning]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    slug: ProblemSlug,
    *,
    client: AuthenticatedClient | Client,
) -> Response[Problem | ProblemMeaning]:
    """What a problem means

     The address of this operation with the slug is the `type` of the problem.

    Args:
        slug (ProblemSlug):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ProblemMeaning]
    """

    kwargs = _get_kwargs(
        slug=slug,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    slug: ProblemSlug,
    *,
    client: AuthenticatedClient | Client,
) -> Problem | ProblemMeaning | None:
    """What a problem means

     The address of this operation with the slug is the `type` of the problem.

    Args:
        slug (ProblemSlug):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ProblemMeaning
    """

    return sync_detailed(
        slug=slug,
        client=client,
    ).parsed


async def asyncio_detailed(
    slug: ProblemSlug,
    *,
    client: AuthenticatedClient | Client,
) -> Response[Problem | ProblemMeaning]:
    """What a problem means

     The address of this operation with the slug is the `type` of the problem.

    Args:
        slug (ProblemSlug):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | ProblemMeaning]
    """

    kwargs = _get_kwargs(
        slug=slug,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    slug: ProblemSlug,
    *,
    client: AuthenticatedClient | Client,
) -> Problem | ProblemMeaning | None:
    """What a problem means

     The address of this operation with the slug is the `type` of the problem.

    Args:
        slug (ProblemSlug):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | ProblemMeaning
    """

    return (
        await asyncio_detailed(
            slug=slug,
            client=client,
        )
    ).parsed

from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.visibility_job import VisibilityJob
from ...models.visibility_plan import VisibilityPlan
from ...types import Response


def _get_kwargs(
    *,
    body: VisibilityPlan,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/visibility/precalculate",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | VisibilityJob:
    if response.status_code == 202:
        response_202 = VisibilityJob.from_dict(response.json())

        return response_202

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

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
) -> Response[Problem | VisibilityJob]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: VisibilityPlan,
) -> Response[Problem | VisibilityJob]:
    """Compute the visibility of all sources ahead

     Works in the background of this site, one at a time; afterwards the heat map of these days and
    limits is answered
    at once, for a month. What is computed stays when the work is cancelled or its process ends; the
    rest is not
    continued by itself.

    Args:
        body (VisibilityPlan):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | VisibilityJob]
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
    body: VisibilityPlan,
) -> Problem | VisibilityJob | None:
    """Compute the visibility of all sources ahead

     Works in the background of this site, one at a time; afterwards the heat map of these days and
    limits is answered
    at once, for a month. What is computed stays when the work is cancelled or its process ends; the
    rest is not
    continued by itself.

    Args:
        body (VisibilityPlan):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | VisibilityJob
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: VisibilityPlan,
) -> Response[Problem | VisibilityJob]:
    """Compute the visibility of all sources ahead

     Works in the background of this site, one at a time; afterwards the heat map of these days and
    limits is answered
    at once, for a month. What is computed stays when the work is cancelled or its process ends; the
    rest is not
    continued by itself.

    Args:
        body (VisibilityPlan):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | VisibilityJob]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: VisibilityPlan,
) -> Problem | VisibilityJob | None:
    """Compute the visibility of all sources ahead

     Works in the background of this site, one at a time; afterwards the heat map of these days and
    limits is answered
    at once, for a month. What is computed stays when the work is cancelled or its process ends; the
    rest is not
    continued by itself.

    Args:
        body (VisibilityPlan):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | VisibilityJob
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.sub_observing_program import SubObservingProgram
from ...models.sub_observing_program_update import SubObservingProgramUpdate
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: int,
    sub_program_id: int,
    *,
    body: SubObservingProgramUpdate,
    if_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/observing_program/{id}/sub_programs/{sub_program_id}".format(
            id=quote(str(id), safe=""),
            sub_program_id=quote(str(sub_program_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | SubObservingProgram:
    if response.status_code == 200:
        response_200 = SubObservingProgram.from_dict(response.json())

        return response_200

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 412:
        response_412 = Problem.from_dict(response.json())

        return response_412

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
) -> Response[Problem | SubObservingProgram]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: int,
    sub_program_id: int,
    *,
    client: AuthenticatedClient,
    body: SubObservingProgramUpdate,
    if_match: str | Unset = UNSET,
) -> Response[Problem | SubObservingProgram]:
    """Change a sub-program

     What is not mentioned stays.

    Args:
        id (int):
        sub_program_id (int):
        if_match (str | Unset):
        body (SubObservingProgramUpdate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SubObservingProgram]
    """

    kwargs = _get_kwargs(
        id=id,
        sub_program_id=sub_program_id,
        body=body,
        if_match=if_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: int,
    sub_program_id: int,
    *,
    client: AuthenticatedClient,
    body: SubObservingProgramUpdate,
    if_match: str | Unset = UNSET,
) -> Problem | SubObservingProgram | None:
    """Change a sub-program

     What is not mentioned stays.

    Args:
        id (int):
        sub_program_id (int):
        if_match (str | Unset):
        body (SubObservingProgramUpdate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SubObservingProgram
    """

    return sync_detailed(
        id=id,
        sub_program_id=sub_program_id,
        client=client,
        body=body,
        if_match=if_match,
    ).parsed


async def asyncio_detailed(
    id: int,
    sub_program_id: int,
    *,
    client: AuthenticatedClient,
    body: SubObservingProgramUpdate,
    if_match: str | Unset = UNSET,
) -> Response[Problem | SubObservingProgram]:
    """Change a sub-program

     What is not mentioned stays.

    Args:
        id (int):
        sub_program_id (int):
        if_match (str | Unset):
        body (SubObservingProgramUpdate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | SubObservingProgram]
    """

    kwargs = _get_kwargs(
        id=id,
        sub_program_id=sub_program_id,
        body=body,
        if_match=if_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: int,
    sub_program_id: int,
    *,
    client: AuthenticatedClient,
    body: SubObservingProgramUpdate,
    if_match: str | Unset = UNSET,
) -> Problem | SubObservingProgram | None:
    """Change a sub-program

     What is not mentioned stays.

    Args:
        id (int):
        sub_program_id (int):
        if_match (str | Unset):
        body (SubObservingProgramUpdate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | SubObservingProgram
    """

    return (
        await asyncio_detailed(
            id=id,
            sub_program_id=sub_program_id,
            client=client,
            body=body,
            if_match=if_match,
        )
    ).parsed

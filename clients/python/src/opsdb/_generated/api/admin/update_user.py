from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.user import User
from ...models.user_update import UserUpdate
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: UUID,
    *,
    body: UserUpdate,
    if_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/admin/users/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Problem | User:
    if response.status_code == 200:
        response_200 = User.from_dict(response.json())

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


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Problem | User]:
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
    body: UserUpdate,
    if_match: str | Unset = UNSET,
) -> Response[Problem | User]:
    """Change a user, his roles, or whether he is let in

     What is not mentioned stays. `roles` are those that administrators grant; what a user has by his
    GitHub teams
    changes there. Nobody gives a role, or the account of one who has it, that permits more than what he
    asks with. Who
    is disabled is let in nowhere, neither by sessions nor by tokens. The last administrator cannot be
    taken away.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        if_match (str | Unset):
        body (UserUpdate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | User]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
        if_match=if_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: UserUpdate,
    if_match: str | Unset = UNSET,
) -> Problem | User | None:
    """Change a user, his roles, or whether he is let in

     What is not mentioned stays. `roles` are those that administrators grant; what a user has by his
    GitHub teams
    changes there. Nobody gives a role, or the account of one who has it, that permits more than what he
    asks with. Who
    is disabled is let in nowhere, neither by sessions nor by tokens. The last administrator cannot be
    taken away.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        if_match (str | Unset):
        body (UserUpdate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | User
    """

    return sync_detailed(
        id=id,
        client=client,
        body=body,
        if_match=if_match,
    ).parsed


async def asyncio_detailed(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: UserUpdate,
    if_match: str | Unset = UNSET,
) -> Response[Problem | User]:
    """Change a user, his roles, or whether he is let in

     What is not mentioned stays. `roles` are those that administrators grant; what a user has by his
    GitHub teams
    changes there. Nobody gives a role, or the account of one who has it, that permits more than what he
    asks with. Who
    is disabled is let in nowhere, neither by sessions nor by tokens. The last administrator cannot be
    taken away.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        if_match (str | Unset):
        body (UserUpdate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Problem | User]
    """

    kwargs = _get_kwargs(
        id=id,
        body=body,
        if_match=if_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: UUID,
    *,
    client: AuthenticatedClient,
    body: UserUpdate,
    if_match: str | Unset = UNSET,
) -> Problem | User | None:
    """Change a user, his roles, or whether he is let in

     What is not mentioned stays. `roles` are those that administrators grant; what a user has by his
    GitHub teams
    changes there. Nobody gives a role, or the account of one who has it, that permits more than what he
    asks with. Who
    is disabled is let in nowhere, neither by sessions nor by tokens. The last administrator cannot be
    taken away.

    Args:
        id (UUID):  Example: 0198f2c4-6a00-7cc3-98c4-dc0c0c07398f.
        if_match (str | Unset):
        body (UserUpdate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Problem | User
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
            body=body,
            if_match=if_match,
        )
    ).parsed

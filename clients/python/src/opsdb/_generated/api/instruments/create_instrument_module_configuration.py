from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.instrument_module_configuration import InstrumentModuleConfiguration
from ...models.instrument_module_configuration_create import (
    InstrumentModuleConfigurationCreate,
)
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: InstrumentModuleConfigurationCreate,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    params: dict[str, Any] = {}

    params["dry_run"] = dry_run

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/instrument_module_configurations/",
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> InstrumentModuleConfiguration | Problem:
    if response.status_code == 200:
        response_200 = InstrumentModuleConfiguration.from_dict(response.json())

        return response_200

    if response.status_code == 201:
        response_201 = InstrumentModuleConfiguration.from_dict(response.json())

        return response_201

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
) -> Response[InstrumentModuleConfiguration | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: InstrumentModuleConfigurationCreate,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> Response[InstrumentModuleConfiguration | Problem]:
    """Create a configuration of an instrument module

    Args:
        dry_run (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        body (InstrumentModuleConfigurationCreate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[InstrumentModuleConfiguration | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        dry_run=dry_run,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: InstrumentModuleConfigurationCreate,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> InstrumentModuleConfiguration | Problem | None:
    """Create a configuration of an instrument module

    Args:
        dry_run (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        body (InstrumentModuleConfigurationCreate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        InstrumentModuleConfiguration | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        dry_run=dry_run,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: InstrumentModuleConfigurationCreate,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> Response[InstrumentModuleConfiguration | Problem]:
    """Create a configuration of an instrument module

    Args:
        dry_run (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        body (InstrumentModuleConfigurationCreate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[InstrumentModuleConfiguration | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        dry_run=dry_run,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: InstrumentModuleConfigurationCreate,
    dry_run: bool | Unset = False,
    idempotency_key: str | Unset = UNSET,
) -> InstrumentModuleConfiguration | Problem | None:
    """Create a configuration of an instrument module

    Args:
        dry_run (bool | Unset):  Default: False.
        idempotency_key (str | Unset):
        body (InstrumentModuleConfigurationCreate):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        InstrumentModuleConfiguration | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            dry_run=dry_run,
            idempotency_key=idempotency_key,
        )
    ).parsed

"""The operations and models of api/openapi.yaml. Nothing is imported from here, so that models come without httpx."""

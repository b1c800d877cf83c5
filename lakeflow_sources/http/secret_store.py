"""A secret of a Databricks scope that keeps the newest refresh token."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from lakeflow_sources.errors import ConfigurationError

__all__ = ["DatabricksSecretStore"]


@dataclass(frozen=True, slots=True)
class DatabricksSecretStore:
    """The secret *key* of *scope*, reached with the Databricks SDK of wherever this runs."""

    scope: str
    key: str

    def load(self) -> str | None:
        """The stored token; None before the first one."""
        from databricks.sdk.errors import NotFound, PermissionDenied

        client = self._client()
        try:
            found = client.secrets.get_secret(self.scope, self.key)
        except NotFound:
            return None
        except PermissionDenied:
            raise self._refused("read", "READ") from None
        return base64.b64decode(found.value or "").decode().strip() or None

    def save(self, refresh_token: str) -> None:
        """Store it; an error here stops the sign-in, so that no rotated token is used and then lost."""
        from databricks.sdk.errors import NotFound, PermissionDenied

        client = self._client()
        try:
            client.secrets.put_secret(self.scope, self.key, string_value=refresh_token)
        except NotFound:
            raise ConfigurationError(
                f"The secret scope {self.scope} of the token store is not there",
                f"create it with databricks secrets create-scope {self.scope}",
            ) from None
        except PermissionDenied:
            raise self._refused("written", "WRITE") from None

    def _client(self) -> Any:
        try:
            from databricks.sdk import WorkspaceClient

            return WorkspaceClient(product="lakeflow-sources")
        except (ImportError, ValueError) as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0].split(" Config:")[0]
            raise ConfigurationError(
                f"The token store {self.scope}/{self.key} cannot be reached from here ({reason})",
                "run where the Databricks SDK signs in, or keep the token in a file with token_store_file",
            ) from None

    def _refused(self, done: str, right: str) -> ConfigurationError:
        return ConfigurationError(
            f"The token store {self.scope}/{self.key} may not be {done}", f"grant {right} on the secret scope"
        )

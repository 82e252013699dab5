"""The user's account on the hub, by the hub's own login: this program keeps no token."""

from __future__ import annotations

from mfsr_engine.errors import HubError

_REFUSED = (400, 401, 403)
"""HTTP answers to a token that is not good."""


def is_signed_in() -> bool:
    """Whether a token is stored on this computer or given by the environment. Opens no connection."""
    from huggingface_hub import get_token

    return get_token() is not None


def sign_in(token: str) -> str:
    """Store a token as `hf auth login` does, once the hub has said that it is good; gives back the name of the account.

    Raises:
        HubError: the hub does not know the token, or there is no connection.
    """
    from huggingface_hub import HfApi, login
    from huggingface_hub.errors import HfHubHTTPError, HTTPError  # type: ignore[attr-defined, unused-ignore]

    refused = "The hub does not accept this token. Copy it again from your account, whole."
    try:
        name = str(HfApi().whoami(token=token)["name"])
    except HfHubHTTPError as error:
        if error.response is not None and error.response.status_code in _REFUSED:
            raise HubError(refused) from error
        raise HubError("The hub answered with an error. Try again later.") from error
    except ValueError as error:
        raise HubError(refused) from error
    except (OSError, HTTPError) as error:
        raise HubError("The hub cannot be reached. Check the network and sign in again.") from error
    try:
        login(token=token, add_to_git_credential=False, skip_if_logged_in=False)
    except OSError as error:
        raise HubError(
            "The token cannot be stored. Check free disk space and permissions of your home folder."
        ) from error
    return name

"""Explains hub failures in plain words, with what to do next. Opens no connection."""

from __future__ import annotations

import errno
import ssl

from mfsr_engine.errors import HubError

_MOST_CAUSES = 20
"""Errors that each come from another, as far as they are followed."""


def explain(error: Exception, repository: str, endpoint: str | None = None) -> HubError:
    """The error to show for one that the hub's client or the disk raised.

    Args:
        error: what was raised.
        repository: what was asked for, "owner/name".
        endpoint: address of the hub; None for the client's own.
    """
    from huggingface_hub import constants
    from huggingface_hub.errors import (  # type: ignore[attr-defined, unused-ignore]
        GatedRepoError,
        HfHubHTTPError,
        HTTPError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
    )

    page = f"{endpoint or constants.ENDPOINT}/{repository}"
    match error:
        case OfflineModeIsEnabled():
            return HubError("The hub is switched off by HF_HUB_OFFLINE. Unset it and pull again.")
        case GatedRepoError():
            return _gated(page, is_logged_in=error.response.status_code == 403)
        case HfHubHTTPError() if error.response.status_code == 401 and _is_bad_login(error):
            return HubError("The hub does not accept your login. Log in again with `hf auth login`, then pull again.")
        case RepositoryNotFoundError():
            return HubError(
                f"The hub has no {repository}, or shows it only to some. If you have access, log in with "
                "`hf auth login` and pull again."
            )
        case HfHubHTTPError():
            return _refused(error.response.status_code, page)
        case OSError() if error.errno == errno.ENOSPC:
            return HubError("The disk is full. Free some space and pull again; it continues where it stopped.")
        case _ if _is_untrusted(error):
            return HubError(
                "The connection to the hub is not trusted: its certificate cannot be checked. If this network asks you to log in, "
                "do so in a browser. If your company or a virus scanner looks into connections, name the file of its certificates "
                "in SSL_CERT_FILE. Check the date of this computer too, then pull again."
            )
        case HTTPError() | ConnectionError() | TimeoutError():
            return HubError(
                f"The connection to the hub failed ({_first_line(error)}). Check the network and pull again; "
                "it continues where it stopped."
            )
        case _:
            return HubError(f"The download from {repository} failed: {_first_line(error)}. Pull again to continue.")


def _gated(page: str, *, is_logged_in: bool) -> HubError:
    steps = [f"open {page} in a browser, sign in or make an account there, and accept the licence"]
    if not is_logged_in:
        steps.append("make a token that may read in your account's settings, under Access Tokens")
        steps.append("run `hf auth login` and paste the token")
    else:
        steps.append(
            "if the page says that access is granted, give your token leave to read gated repositories, "
            "in your account's settings under Access Tokens"
        )
    steps.append("pull again; what was fetched already is kept")
    listed = " ".join(f"{number}. {step[0].upper()}{step[1:]}." for number, step in enumerate(steps, 1))
    what = "your account has not accepted it yet" if is_logged_in else "you are not logged in"
    return HubError(f"This repository is only for accounts that accepted its licence, and {what}. {listed}")


def _refused(status: int, page: str) -> HubError:
    if status in (401, 403):
        return HubError(
            f"The hub refuses access to {page} (answer {status}). Check there that your account may read it, log in "
            "with `hf auth login`, and pull again."
        )
    if status == 429 or status >= 500:
        return HubError(f"The hub is busy or out of order (answer {status}). Pull again later; it continues.")
    return HubError(f"The hub answered {status} for {page}. The catalogue may be out of date; update the program.")


def _is_bad_login(error: Exception) -> bool:
    return "invalid" in str(error).lower() and "credentials" in str(error).lower()


def _is_untrusted(error: BaseException | None) -> bool:
    """Whether a certificate was refused, now or in what this error comes from."""
    seen = 0
    while error is not None and seen < _MOST_CAUSES:
        if isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__

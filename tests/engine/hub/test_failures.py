"""What people are told when something other than the hub answers, or stands between."""

from __future__ import annotations

import ssl

import pytest
from huggingface_hub.errors import HTTPError

from mfsr_engine.errors import HubError
from mfsr_engine.hub.download import HubClient
from mfsr_engine.hub.failures import explain
from tests.fakes.hub_server import Fault


def from_cause(cause: Exception) -> Exception:
    error = HTTPError("it failed")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        HTTPError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)"),
        from_cause(ssl.SSLCertVerificationError("self-signed certificate")),
        ssl.SSLCertVerificationError(1, "certificate has expired"),
    ],
)
def test_a_certificate_that_is_refused_comes_with_ways_out(error):
    told = str(explain(error, "somebody/parts"))
    for word in ("certificate", "log in", "SSL_CERT_FILE", "date", "pull again"):
        assert word in told


def test_other_broken_connections_do_not_speak_of_certificates():
    told = str(explain(HTTPError("connection refused"), "somebody/parts"))
    assert "connection to the hub failed (connection refused)" in told
    assert "certificate" not in told


def test_a_page_in_place_of_the_hub_is_told(hub):
    hub.files["somebody/parts", "a.json"] = b"{}"
    hub.faults["a.json"] = Fault(status=200, headers={"Content-Type": "text/html", "Content-Length": "0"})
    with pytest.raises(HubError, match=r"not the hub.*log in"):
        HubClient(endpoint=hub.url, retries=0).look_up("somebody/parts", "a.json")

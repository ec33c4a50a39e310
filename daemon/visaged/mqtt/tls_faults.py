"""What TLS says no with, in words for whoever has to mend it. Pure."""

from __future__ import annotations

import ssl

from visaged.mqtt.settings import BrokerSettings

# X509_V_ERR_* of OpenSSL's x509_vfy.h.
_NOT_YET_VALID = 9
_EXPIRED = 10
_UNKNOWN_AUTHORITY = (18, 19, 20, 21)
_WRONG_NAME = (62, 64)

_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNEXPECTED_EOF_WHILE_READING", "HTTP_REQUEST")
_OLD_TLS = ("UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION")
_NO_CLIENT_CERTIFICATE = ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "SSLV3_ALERT_HANDSHAKE_FAILURE")
_CLIENT_CERTIFICATE = {
    "TLSV1_ALERT_UNKNOWN_CA": "it does not know the authority that signed it",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "it has expired; renew it",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "it is revoked; have a new one made",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "it cannot be verified",
    "SSLV3_ALERT_BAD_CERTIFICATE": "it cannot be verified",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": "it is not made for clients",
}
"""The alerts of RFC 8446, section 6.2, as OpenSSL names them where the other side has sent them."""


def certificate_fault(exc: ssl.SSLCertVerificationError, settings: BrokerSettings) -> str:
    """What is wrong with the broker's certificate, and what to do."""
    if exc.verify_code in _UNKNOWN_AUTHORITY:
        return f"is not signed by an authority in {settings.ca_file or 'the system store'}; set the right CA file"
    if exc.verify_code in _WRONG_NAME:
        return f"is made out to another name than {settings.host!r}; use the name it was issued for"
    if exc.verify_code == _EXPIRED:
        return "has expired; renew it, or set this machine's clock"
    if exc.verify_code == _NOT_YET_VALID:
        return "is not valid yet; set this machine's clock, or wait"
    return f"cannot be verified: {exc.verify_message}"


def handshake_fault(exc: OSError, settings: BrokerSettings) -> str:
    """Why TLS did not come about although the broker's certificate is right, or was never seen; one sentence."""
    where = f"the MQTT broker at {settings.address}"
    reason = getattr(exc, "reason", None) or ""
    if reason in _CLIENT_CERTIFICATE and settings.cert_file is not None:
        return f"The client certificate {settings.cert_file} is refused by {where}: {_CLIENT_CERTIFICATE[reason]}."
    if reason in _NO_CLIENT_CERTIFICATE and settings.cert_file is None:
        return f"A client certificate is asked for by {where}; set mqtt.tls_cert_file and mqtt.tls_key_file."
    if reason in _OLD_TLS:
        return f"No version of TLS is spoken by both this machine and {where}; have the broker offer TLS 1.2 or later."
    if reason in _NO_TLS or not isinstance(exc, ssl.SSLError) or isinstance(exc, ssl.SSLEOFError):
        return (
            f"No TLS is spoken at {settings.address}; use the broker's TLS port, mostly 8883, or set mqtt.tls = false."
        )
    return f"TLS with {where} failed: {(reason or 'handshake broken off').lower().replace('_', ' ')}."


def closed_after(settings: BrokerSettings) -> str:
    """Why a broker may close the connection once TLS stands and before it has answered, as a question."""
    if settings.cert_file is not None:
        return f"does it refuse the client certificate {settings.cert_file}"
    return "does it ask for a client certificate"

"""Addresses that may carry a user name and a password, in front of the host or among the parameters."""

from __future__ import annotations

import re

_CREDENTIALS = re.compile(r"(?<=:/)(/?)[^/\s]*@")
_ADDRESS = re.compile(r":/\S+")
_VALUE = re.compile(r"=[^&]*")


def redact(text: str) -> str:
    """``text`` without the credentials of the addresses in it: ``rtsp://me:secret@cam/1`` becomes ``rtsp://***@cam/1``.

    One slash is enough: some leave the other out, and so do paths. A password with an unescaped ``@`` is hidden as a
    whole; one with an unescaped ``/`` is no valid address. The values of all parameters are hidden, too, for many
    cameras want their password there: ``http://cam/video?pwd=***``.
    """
    return _ADDRESS.sub(lambda address: _VALUE.sub("=***", address[0]), _CREDENTIALS.sub(r"\1***@", text))

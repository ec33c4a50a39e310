"""Addresses that may carry a user name and a password."""

from __future__ import annotations

import re

_CREDENTIALS = re.compile(r"(?<=://)[^/\s]*@")


def redact(text: str) -> str:
    """``text`` without the credentials of the addresses in it: ``rtsp://me:secret@cam/1`` becomes ``rtsp://***@cam/1``.

    A password with an unescaped ``@`` is hidden as a whole; one with an unescaped ``/`` is no valid address.
    """
    return _CREDENTIALS.sub("***@", text)

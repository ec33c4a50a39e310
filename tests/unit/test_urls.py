"""Addresses without their credentials."""

from __future__ import annotations

import pytest

from visaged.urls import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rtsp://me:secret@cam:554/1", "rtsp://***@cam:554/1"),
        ("rtsp://me@cam", "rtsp://***@cam"),
        ("http://me:p@ss@cam/a@b", "http://***@cam/a@b"),
        ("http://cam/a@b", "http://cam/a@b"),
        ("http://cam/video.cgi?user=admin&pwd=s3c=ret", "http://cam/video.cgi?user=***&pwd=***"),
        ("rtsp://cam/user=admin_password=secret_channel=1", "rtsp://cam/user=***"),
        ("rtsp:/me:secret@cam/?pwd=x", "rtsp:/***@cam/?pwd=***"),
        ("a=b: http://cam/?pwd=x is lost, c=d", "a=b: http://cam/?pwd=*** is lost, c=d"),
        ("/home/me@work/a.mp4", "/home/me@work/a.mp4"),
    ],
)
def test_credentials_are_hidden_and_nothing_else(text: str, expected: str) -> None:
    assert redact(text) == expected

"""Brokers that the publisher does not get on with: each is explained in one sentence."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest

from made.waiting import eventually

POSE = "visaged/a/pose"


def test_wrong_password_is_not_connected(password_broker: Any, publish: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "visaged.mqtt"):
        publisher = publish(password_broker, connected=False, username="pi", password="hunter2")
        assert eventually(lambda: publisher.stats.last_error)
        time.sleep(0.6)
    assert not publisher.stats.connected
    assert not publisher.publish_frame(POSE, b"pose")
    assert "refused the connection" in publisher.stats.last_error
    assert len([record for record in caplog.records if record.levelno >= logging.WARNING]) == 1
    assert "hunter2" not in caplog.text and "hunter2" not in repr(publisher._settings)


def test_right_password_is_let_in(password_broker: Any, publish: Any, listen: Any) -> None:
    listener = listen(password_broker, username="pi", password="secret")
    publish(password_broker, username="pi", password="secret").publish_frame(POSE, b"pose")
    assert listener.wait_for(POSE, b"pose")


def test_state_the_access_list_denies_is_reported(make_broker: Any, publish: Any, tmp_path: Any) -> None:
    rules = tmp_path / "acl"
    rules.write_text("topic write visaged/a/status\n")
    broker = make_broker("allow_anonymous true", f"acl_file {rules}")
    publisher = publish(broker)
    publisher.publish_state("visaged/a/info", b"denied")
    assert eventually(lambda: publisher.stats.last_error)
    assert "denies visaged/a/info: not authorized" in publisher.stats.last_error


def test_wrong_port_is_explained(publish: Any, free_port_broker: Any) -> None:
    publisher = publish(free_port_broker, connected=False)
    assert eventually(lambda: publisher.stats.last_error)
    assert f"Nothing listens at 127.0.0.1:{free_port_broker.port}" in publisher.stats.last_error


def test_unknown_host_is_explained(broker: Any, publish: Any) -> None:
    publisher = publish(broker, connected=False, host="no-such-host.invalid")
    assert eventually(lambda: publisher.stats.last_error, 15)
    assert "cannot be resolved" in publisher.stats.last_error


def test_server_that_is_no_broker_is_explained(publish: Any, free_port_broker: Any) -> None:
    free_port_broker.answer(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 20)
    publisher = publish(free_port_broker, connected=False)
    assert eventually(lambda: publisher.stats.last_error)
    assert "MQTT" in publisher.stats.last_error and not publisher.stats.connected


def test_server_that_says_nothing_is_explained(publish: Any, free_port_broker: Any) -> None:
    free_port_broker.answer(b"")
    publisher = publish(free_port_broker, connected=False, connect_timeout_s=0.4)
    assert eventually(lambda: publisher.stats.last_error)
    assert "sent no MQTT answer within 0.2 s" in publisher.stats.last_error


def test_second_client_of_the_same_id_is_suspected(broker: Any, publish: Any) -> None:
    first, second = publish(broker), publish(broker)
    suspicion = "does another client use the same client id"
    assert eventually(lambda: suspicion in f"{first.stats.last_error}{second.stats.last_error}", 10)


def test_takeover_that_the_broker_names_is_reported(publish: Any, free_port_broker: Any) -> None:
    welcome, taken_over = b"\x20\x03\x00\x00\x00", b"\xe0\x06\x8e\x04\x1f\x00\x01x"
    free_port_broker.answer(welcome + taken_over)
    publisher = publish(free_port_broker, connected=False, backoff_min_s=5, backoff_max_s=5)
    assert eventually(lambda: publisher.stats.last_error)
    assert "Another client took over the client id 'a'" in publisher.stats.last_error

"""What differs between two configurations, and what a change of it costs."""

from __future__ import annotations

from visaged.config import Config, changed, load


def test_a_configuration_does_not_differ_from_itself() -> None:
    assert changed(Config(), Config()) == ()


def test_each_key_that_differs_says_what_its_change_costs() -> None:
    after = load(None, ["log.level=debug", "mqtt.port=1884", "mqtt.host=127.0.0.1", "track.max_faces=1"]).config
    assert {key.path: key.use.applies for key in changed(Config(), after)} == {
        "log.level": "live",
        "mqtt.port": "mqtt",
        "track.max_faces": "live",
    }

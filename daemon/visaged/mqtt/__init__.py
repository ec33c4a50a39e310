"""MQTT out: topic names, wire format, and the publisher that keeps one connection to a broker alive."""

"""Configuration from afar: received, judged, tried, kept or taken back, and reported."""

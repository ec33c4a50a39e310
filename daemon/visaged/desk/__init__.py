"""From a desk: looks after devices over the broker alone. A library of its own; ``visaged remote`` is its command line.

It speaks to what devices publish and subscribe, and shares no code with the daemon but the configuration's keys, the
verification of signatures and the MQTT connection.
"""

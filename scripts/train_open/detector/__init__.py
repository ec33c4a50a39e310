"""Our own face detector: composed scenes, the network, its training and its export.

Run with ``scripts/train_open`` as the working directory: ``python -m detector.train --help``.
"""

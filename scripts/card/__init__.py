"""The parts of ``scripts/model_card.py``: fixed text, tables, charts."""

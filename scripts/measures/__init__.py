"""What ``scripts/accuracy.py`` measures: one module for each measure, the formulas apart."""

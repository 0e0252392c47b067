"""How fast it is, as ratios within one run: `python -m bench`. What is measured, and how: docs/performance.md."""

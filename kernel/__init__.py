"""The words everything shares: points, money, clock, ids, refusals. Imports nothing of ours."""

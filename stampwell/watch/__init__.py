"""Watching over the installation: `health` says whether it can serve, `heartbeat` is the worker's sign of life.

Nothing here belongs to a shop, and nothing is named after one.
"""

"""Watching over the installation: `health` says whether it can serve, `heartbeat` is the worker's sign of life.

The worker measures the `figures`; `metrics` shows them to Prometheus, with what the web processes count, on an address
of its own (`metrics_server`).

Nothing here belongs to a shop, and nothing is named after one.
"""

"""Watching over the installation: `health` says whether it can serve, `heartbeat` is the worker's sign of life.

The worker measures the `figures` and tells the operator what of them is wrong (`rounds`, `alarms`); the web processes
tell of the worker and of the database (`lookout`). `metrics` shows the figures to Prometheus, with what the web
processes count, on an address of its own (`metrics_server`). Nothing here belongs to a shop, or is named after one.
"""

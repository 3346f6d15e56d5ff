"""Scans that a device wrote down before it was answered, and sends when it has a network again.

`taking` gives each its one effect. Whether one may count by itself says `judging`, which asks `believing` when it
happened, `shifts` who stood there and `device_keys` whether the device itself wrote it down. What does not fit waits
for the owner, who decides it in `deciding`.
"""

"""The figures that we promise, each measured against its yardstick in the same run: `bin/bench`.

A yardstick is the leanest thing on this very machine with the same lasting effect (pgbench, openssl), so the
ratio says how much of the machine we use up, whatever the machine is and whoever else uses it.
"""

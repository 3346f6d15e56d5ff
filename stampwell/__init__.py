"""Stampwell: stamp cards and vouchers for local businesses, self-hosted."""

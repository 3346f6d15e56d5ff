"""What the scanner, the kiosk and the autopilot share: which device asks, how it became one, how far a card is."""

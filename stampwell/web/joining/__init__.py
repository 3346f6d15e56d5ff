"""The page behind the shop's QR code: one tap gives a card, once."""

"""The card as an Apple Wallet pass: what it says, its signature, its file.

Call `building.build_card_pass` to get the signed file; `signing.signing_identity` to look at the certificate.
`development` makes certificates for a laptop. Nothing here reads the database or knows HTTP.
"""

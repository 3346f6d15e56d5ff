"""The web service that Wallet on an iPhone asks: register, what changed, the pass, unregister, log.

Its shape is Apple's (PassKit Web Service Reference), its address carries the merchant: `/wallet/apple/<merchant>/v1/…`.
"""

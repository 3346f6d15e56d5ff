from tests.wallet.google.conftest import card, google, offer, served_google

__all__ = ["card", "google", "offer", "served_google"]

from tests.wallet.google.conftest import card, google, no_silence_of_another_test, offer, served_google

__all__ = ["card", "google", "no_silence_of_another_test", "offer", "served_google"]

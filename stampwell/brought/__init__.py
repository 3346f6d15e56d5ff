"""The secrets that cards have brought from another installation, whose key is not ours."""

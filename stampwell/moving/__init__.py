"""A shop that moves to another installation: one archive with all of it, written here and read in there."""

"""Receipt codes at the desk: batches for bags and inserts, their figures, their prints and their end."""

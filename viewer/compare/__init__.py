"""Any two pictures of the same face against each other."""

"""Sessions on disk: what `Record` writes. No widgets here."""

"""Where expressions come from: takes and built-in performances. No Qt here."""

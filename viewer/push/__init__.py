"""Pictures out to servers, files and virtual cameras, live: encoded, paced, reconnected. Knows no Qt and no engine."""

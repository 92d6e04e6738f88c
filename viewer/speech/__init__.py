"""From text or sound to a face that speaks: analysis, voices, lips. Knows no Qt and no engine."""

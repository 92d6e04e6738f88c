"""The only room that calls TensorRT: plans are built, kept and run here."""

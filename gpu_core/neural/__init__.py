"""The only room that runs the generator: one protocol (`path.NeuralPath`), several ways for the pixels to go."""

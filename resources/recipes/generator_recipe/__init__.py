"""Steps of training a generator: draw the pairs, train, export, evaluate, write the card."""

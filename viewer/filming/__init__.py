"""Recording what is shown, and sessions beside the live engine."""

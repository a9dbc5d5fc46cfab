"""What the report says of predictions: rivals of one outcome, and years foretold."""

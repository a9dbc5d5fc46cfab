"""The explorer: one page on which a reader moves the drivers and sees the predicted probability."""

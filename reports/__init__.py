"""From posteriors to what people read: numbers, figures, pages."""

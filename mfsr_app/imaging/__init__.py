"""Pictures as Qt draws them: pixels, colours, values."""

"""The catalogue: products and their licence scope classes."""

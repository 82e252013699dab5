"""The bundled family: a small convolutional network."""

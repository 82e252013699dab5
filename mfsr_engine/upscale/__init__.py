"""From a request to a result: tiles, sampling, colours, fidelity."""

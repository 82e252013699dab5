"""The wizard's flow: what is asked, in which order, and what stands in the way. Knows neither a window nor a terminal."""

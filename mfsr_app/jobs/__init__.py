"""The only package that starts threads. Work goes in as plain calls, answers come back as signals in the GUI thread."""

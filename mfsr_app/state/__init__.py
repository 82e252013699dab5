"""What the window knows, without widgets: values, actions and signals. Everything here lives in the GUI thread."""

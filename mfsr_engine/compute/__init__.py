"""What this computer can compute with: devices, precisions, memory."""

"""What one kernel holds."""

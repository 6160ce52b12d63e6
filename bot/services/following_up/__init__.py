"""What happens to reports by the clock: reminders, asking again above, and whether it is fixed."""

"""What happens when something breaks: processes killed, databases and Telegram gone, turns and letters that fail."""

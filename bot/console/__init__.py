"""Pages beside the chat: the front door and what machines ask about our health."""

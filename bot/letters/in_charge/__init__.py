"""Reports as those in charge read them: the desk, reminders, numbers, posts, what is hidden."""

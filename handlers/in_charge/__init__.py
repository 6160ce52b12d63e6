"""Those in charge of reports: their desk, their posts, what is hidden, their answers by mail, numbers."""

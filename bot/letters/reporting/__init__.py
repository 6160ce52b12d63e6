"""Reports as residents read them: in the talk, in news, on pages."""

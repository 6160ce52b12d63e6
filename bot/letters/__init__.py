"""The words of what we send: whole sentences in the reader's language, one module a subject; no SQL, no rules."""

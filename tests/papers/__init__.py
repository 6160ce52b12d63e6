"""The papers say what works: their examples are taken out and run, their links and commands are followed."""

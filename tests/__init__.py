"""Tests: each one a sentence about a person or a thing."""

import os
import sys

# Here programs are started again and again; without bytecode each start compiles all of ours anew.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

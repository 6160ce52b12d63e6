"""Other bots under the same load, written and installed as their users would."""

"""Catalogues: one folder a language, `<language>/LC_MESSAGES/folkmoot.po`."""

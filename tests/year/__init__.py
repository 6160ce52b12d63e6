"""A year of a make-believe town: a thousand reports, ten bodies, late officers, and no promise lost."""

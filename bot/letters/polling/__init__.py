"""Questions, results, promises and who took part."""

"""Model folders: the catalogue, the store, downloads and imports. Loads torch only to look into what was fetched or imported."""

"""Model folders: the catalogue of known ones, the store of installed ones, the download of missing ones. Never loads torch."""

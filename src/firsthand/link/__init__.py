"""Items against the archive: copies, and takes made of them. Pure: prints in, links out."""

"""Parts of pages: tiles, maps, pictures that are asked for, panels."""

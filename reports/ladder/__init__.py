"""The ladder to everyone as people read it: words, picture, page, and the page of the documentation."""

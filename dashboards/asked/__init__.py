"""What a page was asked: state, link, undo, texts that people bring."""

"""Pictures for workshops: pages that show results and never compute them."""

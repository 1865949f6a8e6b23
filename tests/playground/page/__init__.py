"""The page without a browser: what it shows to whom, and what its forms do."""

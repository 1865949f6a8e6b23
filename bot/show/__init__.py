"""What `maillon demo` puts around the workspace: parts to play, the days, screens, a crowd."""

"""Programme files: each format is read into a `ParsedProgramme`."""

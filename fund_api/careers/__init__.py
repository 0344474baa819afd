"""The next generation: programs and their sessions, fellowships, student chapters, scholarships."""

"""What is asked of many people and what may be concluded from it."""

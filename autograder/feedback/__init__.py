"""Feedback: an autograded notebook as one page that opens offline, is bounded in size, and runs nothing."""

"""The probes, one module per lesson: all that a learner's process is told of how its code is looked at.

A probe uses the learner's parts on given inputs and yields what it sees. Nothing in here knows what is right:
there is no reference, no case and no known mistake. Where a probe takes something from `babygrad`, it gets by
with what a learner's process has of it (see ``autograder.withheld``).
"""

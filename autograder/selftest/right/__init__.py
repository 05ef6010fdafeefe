"""Right solutions that are not written like ours, one module per lesson, named as those of the exercises."""

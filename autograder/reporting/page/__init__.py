"""The report as one HTML page, put together by ``document``: it loads nothing and runs no script.

Whatever comes from a learner passes through ``html.escape``, here or in ``rich_text``.
"""

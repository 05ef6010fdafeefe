"""The lessons, the guides and the reference as a site: ``autograder site``.

``lessons`` runs the notebooks and turns them into pages, ``operations`` and ``reference`` write pages from
docstrings, ``build`` puts them beside the pages in ``docs/`` and runs Sphinx, ``serve`` shows the result, and
``lite`` lets readers run the lessons in their browser.
"""

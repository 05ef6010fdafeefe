"""Sphinx's settings for the site. ``autograder site`` puts the pages together and runs it."""

from babygrad.picture import _FONTS

project = "babygrad"
author = "the authors of the course"
html_title = "babygrad"
pygments_dark_style = "a11y-dark"
language = "en"

extensions = ["myst_nb", "sphinx_design", "autograder.site.accessible", "autograder.site.formulas"]
exclude_patterns = ["pieces/*.md", "lessons/released"]

# Notebooks are portable Markdown; what is more is used by the pages around them.
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4
myst_update_mathjax = False
nb_execution_mode = "off"  # they have been run before
smartquotes = False

# No request leaves the site: formulas are MathML, letters are the reader's own.
html_math_renderer = "mathml"
html_theme = "furo"
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
add_module_names = False
toc_object_entries = False
html_theme_options = {
    "light_css_variables": {
        "font-stack": _FONTS,
        "color-brand-primary": "#0b4f8a",
        "color-brand-content": "#0b4f8a",
        "color-api-name": "#0b4f8a",
        "color-api-pre-name": "#57606a",
    },
    "dark_css_variables": {
        "color-brand-primary": "#8ec5f5",
        "color-brand-content": "#8ec5f5",
        "color-api-name": "#8ec5f5",
        "color-api-pre-name": "#9da7b1",
    },
}

"""A notebook as a page of the gallery, by nbconvert."""

import nbformat
from markupsafe import Markup
from nbconvert import HTMLExporter
from pages import alt, digest, markdown, notebook_path, part, template, title
from pygments.formatters import HtmlFormatter


def notebook_page(stem: str) -> str:
    notebook = nbformat.read(notebook_path(stem), as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data = {"text/html": f'<img src="../{stem}.png" alt="{alt(stem)}">'}
    exporter = HTMLExporter(template_name="basic")
    exporter.register_filter("markdown2html", markdown)
    light, dark = (HtmlFormatter(style=style).get_style_defs(".highlight") for style in ("tango", "github-dark"))
    return template("notebook.html").render(
        body=Markup(exporter.from_notebook_node(notebook)[0]),
        colors=Markup(f"{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}"),
        digest=digest(stem),
        stem=stem,
        style=part("style.css"),
        title=title(stem),
    )

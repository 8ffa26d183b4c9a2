"""`/docs`: the API as one plain page, made from its OpenAPI document; works offline."""

from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi.responses import HTMLResponse

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
code { font: .9em ui-monospace, monospace } h2 { margin-top: 2.5rem }
article { border-top: 1px solid #8884; padding: .75rem 0 } article h3 { margin: 0; font-size: 1rem }
b { display: inline-block; min-width: 4rem } pre { white-space: pre-wrap; margin: 0 }
td { padding: .15rem 1rem .15rem 0; vertical-align: top }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"


def docs_page(document: dict[str, Any]) -> HTMLResponse:
    """Write the document's operations and schemas as HTML."""
    title = escape(f"{document['info']['title']} API {document['info']['version']}")
    body = "".join(
        [
            f"<h1>{title}</h1><pre>{escape(document['info']['description'])}</pre>",
            '<p>For machines: <a href="/openapi.json">openapi.json</a></p><h2>Operations</h2>',
            *_operations(document["paths"]),
            "<h2>Schemas</h2>",
            *_schemas(document["components"]["schemas"]),
        ]
    )
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )
    return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})


def _operations(paths: dict[str, Any]) -> Iterator[str]:
    for path, methods in paths.items():
        for method, operation in methods.items():
            rows = "".join(
                f"<tr><td><code>{escape(parameter['name'])}</code>"
                f"<td>{_type(parameter['schema'])}{'' if parameter.get('required') else ', optional'}"
                for parameter in operation.get("parameters", [])
            )
            if body := operation.get("requestBody"):
                rows += f"<tr><td>body<td>{_type(body['content']['application/json']['schema'])}"
            for status, answer in operation["responses"].items():
                for content in answer.get("content", {}).values():
                    rows += f"<tr><td>{escape(status)}<td>{_type(content.get('schema', {}))}"
            yield (
                f"<article><h3><b>{method.upper()}</b> <code>{escape(path)}</code></h3>"
                f"<pre>{escape(operation.get('description', ''))}</pre><table>{rows}</table></article>"
            )


def _schemas(schemas: dict[str, Any]) -> Iterator[str]:
    for name, schema in sorted(schemas.items()):
        rows = "".join(
            f"<tr><td><code>{escape(field)}</code><td>{_type(of)}"
            for field, of in schema.get("properties", {}).items()
        )
        yield (
            f'<article id="{escape(name)}"><h3>{escape(name)}</h3>'
            f"<pre>{escape(schema.get('description', ''))}</pre><table>{rows}</table></article>"
        )


def _type(schema: dict[str, Any]) -> str:
    if reference := schema.get("$ref"):
        name = escape(reference.rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(_type(choice) for choice in choices)
    if "enum" in schema or "const" in schema:
        values = schema.get("enum") or [schema["const"]]
        return ", ".join(f"<code>{escape(str(value))}</code>" for value in values)
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    return escape(str(schema.get("format") or schema.get("type", "anything")))

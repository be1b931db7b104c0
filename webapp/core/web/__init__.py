"""HTTP: routes and what they declare, forms, cookies, headers, templates, files."""

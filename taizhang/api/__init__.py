"""The door for machines: JSON over HTTP, described at /api/openapi.json. No rules and no tables of its own."""

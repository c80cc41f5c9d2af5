"""One file from which a site comes back: making it, checking it, restoring it, and when that was last done.

A backup is a zip file that any program opens:

- `manifest.json`: versions, counts and digests of everything below, and the head of the log;
- `tables/*.tsv`: every table as PostgreSQL's COPY writes text, ordered by its key;
- `evidence/`: the files the tables name, encrypted as they lie in the data folder, named by their hash;
- `playbooks/`: the texts of the playbooks in use, to be read without any program.

The keys of sealed values are never in it. They lie beside it, in FILE.keys (docs/privacy.md says why).
"""

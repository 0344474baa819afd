"""GraphiQL at /graphql for browsers: a page of ours around the editor that most people know GraphQL by.

The editor is an npm package, which `make assets` installs and nobody commits; without it the page loads the same files
from a CDN, which the browser checks by their hashes.
"""

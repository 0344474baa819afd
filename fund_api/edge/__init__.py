"""The edge: how requests come in, what each of them may take, and how answers go out."""

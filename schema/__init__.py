"""What clients see: the GraphQL schema."""

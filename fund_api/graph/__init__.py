"""The engine: entities are declared over tables, and any query on them is compiled and run in one snapshot."""

"""The library: what the fund publishes and recommends."""

"""The content API of a fund that helps communities adopt or keep professionally managed local government."""

"""Who is who: units in a dated tree, posts, the people in them, and the site's own settings."""

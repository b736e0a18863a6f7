package cache

// Bounded sets how many bytes the cache keeps, for all processes that this one shares Redis with.
func (c *Cache) Bounded(bytes int) { c.bound = bytes }

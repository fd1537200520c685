"""Lists on the desk: filters, columns, pages cut by key."""

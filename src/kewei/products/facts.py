"""What the products room tells the house."""

PRODUCT_ADDED = "products.product_added"
PRODUCT_CHANGED = "products.product_changed"
PRODUCTS_IMPORTED = "products.products_imported"
PRODUCTS_IMPORT_UNDONE = "products.import_undone"

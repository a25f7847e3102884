"""What the products room tells the house."""

from kewei.kernel.refusals import N_

PRODUCT_ADDED = "products.product_added"
PRODUCT_CHANGED = "products.product_changed"
PRODUCTS_IMPORTED = "products.products_imported"
PRODUCTS_IMPORT_UNDONE = "products.import_undone"

# What people read for each of them.
SAYS: dict[str, str] = {
    PRODUCT_ADDED: N_("新增产品"),
    PRODUCT_CHANGED: N_("修改产品"),
    PRODUCTS_IMPORTED: N_("导入产品"),
    PRODUCTS_IMPORT_UNDONE: N_("撤销产品导入"),
}

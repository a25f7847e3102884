"""The lake: rows of distributors' files as immutable Parquet files by month, and the questions asked of them."""

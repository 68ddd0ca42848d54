"""train.jsonl as train.parquet, the only form that every version of verl reads. Needs pandas and pyarrow."""

import pandas

pandas.read_json("train.jsonl", lines=True).to_parquet("train.parquet")

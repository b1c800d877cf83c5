# Databricks notebook source
# MAGIC %md Deploy the pipelines of a metadata CSV; no preset is needed.
# MAGIC
# MAGIC Run the first cells, choose in the widgets above, run the last cell.
# MAGIC Nothing is changed while `dry_run` is `yes`. To purge or to recreate, and to remove what `prune` lists,
# MAGIC write the connector's name into `confirm`.

# COMMAND ----------

# MAGIC %pip install --quiet "..[deploy]"

# COMMAND ----------

from lakeflow_sources.deploy.widgets import deploy_by_hand, hand_widgets

hand_widgets(dbutils)  # noqa: F821 - Databricks defines it

# COMMAND ----------

deploy_by_hand(dbutils, say=print)  # noqa: F821 - Databricks defines it

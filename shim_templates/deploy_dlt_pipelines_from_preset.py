# Databricks notebook source
# MAGIC %md Deploy the pipelines of a connector, as its preset says.
# MAGIC
# MAGIC Run the first cells, choose in the widgets above, run the last cell.
# MAGIC Nothing is changed while `dry_run` is `yes`. To purge or to recreate, and to remove what `prune` lists,
# MAGIC write the connector's name into `confirm`.

# COMMAND ----------

# MAGIC %pip install --quiet "..[deploy]"

# COMMAND ----------

from lakeflow_sources.deploy.widgets import deploy_from_preset, preset_widgets

preset_widgets(dbutils)  # noqa: F821 - Databricks defines it

# COMMAND ----------

deploy_from_preset(dbutils, say=print)  # noqa: F821 - Databricks defines it

"""From a metadata CSV to notebooks, bundles and deployed pipelines."""

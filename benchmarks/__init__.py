"""How fast, beside what people would use instead: `make bench`, or `python -m benchmarks --help`.

__main__ ──> works: engine, bulk, values, latency, rate, memory, fixed, increment
             each measures its ways in turns and states its targets (`measure`)
server       loopback APIs in a process of their own, with pages that are ready
peers/       other tools, each in an environment of its own
report, chart  table, JSON and SVG
"""

# SPDX-License-Identifier: MIT
# Reads Prometheus' text format on standard input with the parser of Prometheus' own client library, and prints what
# it understood as JSON: a list of [family, type, help, [[sample, labels, value], ...]].
import json
import sys

from prometheus_client.parser import text_string_to_metric_families

families = []
for family in text_string_to_metric_families(sys.stdin.buffer.read().decode("utf-8")):
    samples = [[sample.name, sample.labels, repr(sample.value)] for sample in family.samples]
    families.append([family.name, family.type, family.documentation, samples])
json.dump(families, sys.stdout)

"""Reads OpenMetrics text from standard input with Prometheus's own strict parser.

Prints each sample as `name{label=value,...} value`, labels in order of their names, and each family as
`# name type`. Whatever the parser refuses is an error.
"""

import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

for family in text_string_to_metric_families(sys.stdin.read()):
    if not family.documentation:
        sys.exit(f"{family.name} is not described")
    print("#", family.name, family.type)
    for sample in family.samples:
        labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
        print(f"{sample.name}{{{labels}}} {sample.value:.0f}")

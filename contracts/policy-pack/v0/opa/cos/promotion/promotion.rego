# METADATA
# scope: package
# title: Release promotion
# description: |
#   Whether the evidence of a release (latency, errors, cost) is whole and within every limit of
#   data.config.promotion.
# schemas:
#   - input: schema.cos.promotion.input
package cos.promotion

# Each measure's limit in data.config.promotion, and how the reasons speak of it.
measures := {
	"read_p95": {"limit": "max_read_p95_ms", "text": "read p95 in ms"},
	"write_p95": {"limit": "max_write_p95_ms", "text": "write p95 in ms"},
	"error_rate": {"limit": "max_error_rate", "text": "error rate"},
	"graphql_cost": {"limit": "max_graphql_usd_per_million", "text": "GraphQL cost in USD per million"},
	"ingest_cost": {"limit": "max_ingest_usd_per_thousand", "text": "ingest cost in USD per thousand"},
}

default ok := false

# METADATA
# scope: document
# title: The release may be promoted
# description: |
#   True only for whole evidence within every limit. A field that is missing, negative or of
#   another type is never ok. Reads and writes are measured apart in both fields or in neither;
#   in neither, p95Ms is judged as read.
# entrypoint: true
ok if {
	whole
	every measure, value in measured {
		value <= limits[measure]
	}
}

# METADATA
# scope: document
# title: Why the release may not be promoted
# description: A sorted array of {code, message}, empty exactly when the release is ok.
# entrypoint: true
reasons := sort(findings)

whole if {
	count(texts) == count(text_fields)
	every field in required_latencies | split_given {
		latencies[field]
	}
	count(split_given) != 1
	count(limits) == count(measures)
	measured.read_p95
	measured.error_rate
	measured.graphql_cost
	measured.ingest_cost
}

text_fields := {"service", "window"}

texts contains field if {
	some field in text_fields
	is_string(input.snapshot[field])
	trim(input.snapshot[field], " \t\r\n") != ""
}

required_latencies := {"p95Ms", "p99Ms"}

split_given := {"readP95Ms", "writeP95Ms"} & object.keys(input.snapshot)

latencies[field] := input.snapshot[field] if {
	some field in {"p95Ms", "p99Ms", "readP95Ms", "writeP95Ms"}
	is_number(input.snapshot[field])
	input.snapshot[field] > 0
}

limits[measure] := data.config.promotion[about.limit] if {
	some measure, about in measures
	is_amount(data.config.promotion[about.limit])
}

measured["read_p95"] := latencies.p95Ms if count(split_given) == 0

measured["read_p95"] := latencies.readP95Ms

measured["write_p95"] := latencies.writeP95Ms

measured["error_rate"] := input.snapshot.errorRate if {
	is_amount(input.snapshot.errorRate)
	input.snapshot.errorRate <= 1
}

measured["graphql_cost"] := input.cost.graphqlPerMillionUsd if is_amount(input.cost.graphqlPerMillionUsd)

measured["ingest_cost"] := input.cost.ingestPerThousandUsd if is_amount(input.cost.ingestPerThousandUsd)

findings contains {
	"code": concat("", [measure, "_exceeded"]),
	"message": sprintf("%v is %v, the limit is %v", [measures[measure].text, value, limits[measure]]),
} if {
	some measure, value in measured
	value > limits[measure]
}

findings contains {
	"code": "limit_invalid",
	"message": concat("", ["data.config.promotion.", about.limit, " must be a non-negative number"]),
} if {
	some measure, about in measures
	not limits[measure]
}

findings contains {
	"code": "snapshot_text_invalid",
	"message": concat("", ["snapshot.", field, " must be a non-empty string"]),
} if {
	some field in text_fields
	not field in texts
}

findings contains {
	"code": "snapshot_latency_invalid",
	"message": concat("", ["snapshot.", field, " must be a number of milliseconds above 0"]),
} if {
	some field in required_latencies
	not latencies[field]
}

findings contains {
	"code": "snapshot_latency_invalid",
	"message": concat("", ["snapshot.", field, " must be a number of milliseconds above 0"]),
} if {
	some field in split_given
	not latencies[field]
}

findings contains {
	"code": "snapshot_split_incomplete",
	"message": "snapshot.readP95Ms and snapshot.writeP95Ms must be given together or not at all",
} if {
	count(split_given) == 1
}

findings contains {
	"code": "snapshot_error_rate_invalid",
	"message": "snapshot.errorRate must be a number from 0 to 1",
} if {
	not measured.error_rate
}

findings contains {
	"code": "cost_graphql_invalid",
	"message": "cost.graphqlPerMillionUsd must be a non-negative number",
} if {
	not measured.graphql_cost
}

findings contains {
	"code": "cost_ingest_invalid",
	"message": "cost.ingestPerThousandUsd must be a non-negative number",
} if {
	not measured.ingest_cost
}

is_amount(value) if {
	is_number(value)
	value >= 0
}

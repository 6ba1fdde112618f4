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
#   another type is never ok. Unless reads and writes are both measured apart, p95Ms is judged
#   as read, and the one that is measured apart is judged too.
# entrypoint: true
ok if {
	whole
	every about in measured {
		about.value <= limits[about.measure]
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
	count(limits) == count(measures)
	error_rate
	graphql_cost
	ingest_cost
}

text_fields := {"service", "window"}

texts contains field if {
	some field in text_fields
	is_string(input.snapshot[field])
	trim(input.snapshot[field], " \t\r\n") != ""
}

required_latencies := {"p95Ms", "p99Ms"}

split_latencies := {"readP95Ms", "writeP95Ms"}

split_given := split_latencies & object.keys(input.snapshot)

latencies[field] := input.snapshot[field] if {
	some field in (required_latencies | split_latencies)
	is_number(input.snapshot[field])
	input.snapshot[field] > 0
}

limits[measure] := data.config.promotion[about.limit] if {
	some measure, about in measures
	is_amount(data.config.promotion[about.limit])
}

# A call whose argument is undefined stays undefined under "not", so what is checked has a name here.
error_rate := input.snapshot.errorRate if {
	is_amount(input.snapshot.errorRate)
	input.snapshot.errorRate <= 1
}

graphql_cost := input.cost.graphqlPerMillionUsd if is_amount(input.cost.graphqlPerMillionUsd)

ingest_cost := input.cost.ingestPerThousandUsd if is_amount(input.cost.ingestPerThousandUsd)

# What half a split leaves unmeasured is still in p95Ms, and half a split alone must not make a release fail.
measured contains {"measure": "read_p95", "value": latencies.p95Ms} if split_given != split_latencies

measured contains {"measure": "read_p95", "value": latencies.readP95Ms}

measured contains {"measure": "write_p95", "value": latencies.writeP95Ms}

measured contains {"measure": "error_rate", "value": error_rate}

measured contains {"measure": "graphql_cost", "value": graphql_cost}

measured contains {"measure": "ingest_cost", "value": ingest_cost}

findings contains {
	"code": concat("", [measure, "_exceeded"]),
	"message": sprintf("%v is %v, the limit is %v", [measures[measure].text, value, limits[measure]]),
} if {
	some {"measure": measure, "value": value} in measured
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
	"code": "snapshot_error_rate_invalid",
	"message": "snapshot.errorRate must be a number from 0 to 1",
} if {
	not error_rate
}

findings contains {
	"code": "cost_graphql_invalid",
	"message": "cost.graphqlPerMillionUsd must be a non-negative number",
} if {
	not graphql_cost
}

findings contains {
	"code": "cost_ingest_invalid",
	"message": "cost.ingestPerThousandUsd must be a non-negative number",
} if {
	not ingest_cost
}

is_amount(value) if {
	is_number(value)
	value >= 0
}

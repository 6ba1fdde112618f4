package cos.promotion_test

import data.cos.promotion

limits := {
	"max_read_p95_ms": 350,
	"max_write_p95_ms": 700,
	"max_error_rate": 0.02,
	"max_graphql_usd_per_million": 2.0,
	"max_ingest_usd_per_thousand": 0.1,
}

split := {
	"snapshot": {
		"service": "graph-api",
		"p95Ms": 400,
		"p99Ms": 900,
		"readP95Ms": 210.5,
		"writeP95Ms": 480,
		"errorRate": 0.004,
		"window": "24h",
	},
	"cost": {"graphqlPerMillionUsd": 1.4, "ingestPerThousandUsd": 0.06},
}

unsplit := {
	"snapshot": {"service": "graph-api", "p95Ms": 210.5, "p99Ms": 900, "errorRate": 0.004, "window": "24h"},
	"cost": {"graphqlPerMillionUsd": 1.4, "ingestPerThousandUsd": 0.06},
}

with_field(request, path, value) := json.patch(request, [{"op": "add", "path": path, "value": value}])

without_field(request, path) := json.patch(request, [{"op": "remove", "path": path}])

codes(request, bounds) := {reason.code | some reason in reasons} if {
	reasons := promotion.reasons with input as request with data.config.promotion as bounds
}

promotable(request) if {
	promotion.ok == true with input as request with data.config.promotion as limits
	codes(request, limits) == set()
}

held(request, expected) if held_with(limits, request, expected)

held_with(bounds, request, expected) if {
	promotion.ok == false with input as request with data.config.promotion as bounds
	codes(request, bounds) == expected
}

# What is no measure of anything.
not_measure := [null, true, false, "", "1", "NaN", "Infinity", -0.01, -350, [], [1], {}, {"value": 1}]

test_whole_evidence_within_every_limit_is_ok if {
	promotable(split)
	promotable(unsplit)
}

test_at_the_limit_is_ok[path] if {
	some path, value in {
		"/snapshot/readP95Ms": 350,
		"/snapshot/writeP95Ms": 700,
		"/snapshot/errorRate": 0.02,
		"/cost/graphqlPerMillionUsd": 2.00,
		"/cost/ingestPerThousandUsd": 0.1,
	}
	promotable(with_field(split, path, value))
}

test_just_past_the_limit_is_not_ok[path] if {
	some path, breach in {
		"/snapshot/readP95Ms": [350.001, "read_p95_exceeded"],
		"/snapshot/writeP95Ms": [700.001, "write_p95_exceeded"],
		"/snapshot/errorRate": [0.020001, "error_rate_exceeded"],
		"/cost/graphqlPerMillionUsd": [2.0001, "graphql_cost_exceeded"],
		"/cost/ingestPerThousandUsd": [0.1001, "ingest_cost_exceeded"],
	}
	held(with_field(split, path, breach[0]), {breach[1]})
}

test_no_cost_and_no_errors_are_ok if {
	every path in ["/snapshot/errorRate", "/cost/graphqlPerMillionUsd", "/cost/ingestPerThousandUsd"] {
		promotable(with_field(split, path, 0))
	}
}

test_an_unsplit_p95_is_judged_as_read if {
	promotable(with_field(unsplit, "/snapshot/p95Ms", 350))
	held(with_field(unsplit, "/snapshot/p95Ms", 350.1), {"read_p95_exceeded"})
	held(with_field(unsplit, "/snapshot/p95Ms", 600), {"read_p95_exceeded"})
}

test_a_split_p95_is_judged_by_its_parts if {
	promotable(with_field(split, "/snapshot/p95Ms", 5000))
	held(with_field(with_field(split, "/snapshot/p95Ms", 1), "/snapshot/readP95Ms", 351), {"read_p95_exceeded"})
}

test_half_a_split_is_judged_beside_the_unsplit_p95 if {
	promotable(with_field(unsplit, "/snapshot/readP95Ms", 350))
	promotable(with_field(unsplit, "/snapshot/writeP95Ms", 700))
	held(with_field(unsplit, "/snapshot/readP95Ms", 350.1), {"read_p95_exceeded"})
	held(with_field(unsplit, "/snapshot/writeP95Ms", 700.1), {"write_p95_exceeded"})
	held(without_field(split, "/snapshot/readP95Ms"), {"read_p95_exceeded"})
	held(without_field(split, "/snapshot/writeP95Ms"), {"read_p95_exceeded"})
}

test_half_a_split_tells_each_read_p95_that_is_too_high if {
	both := with_field(with_field(unsplit, "/snapshot/p95Ms", 400), "/snapshot/readP95Ms", 420)
	promotion.reasons == [
		{"code": "read_p95_exceeded", "message": "read p95 in ms is 400, the limit is 350"},
		{"code": "read_p95_exceeded", "message": "read p95 in ms is 420, the limit is 350"},
	] with input as both with data.config.promotion as limits
}

test_half_a_split_that_is_no_latency_is_not_ok if {
	every value in array.concat(not_measure, [0]) {
		held(with_field(unsplit, "/snapshot/readP95Ms", value), {"snapshot_latency_invalid"})
		held(with_field(unsplit, "/snapshot/writeP95Ms", value), {"snapshot_latency_invalid"})
	}
}

test_more_evidence_within_the_limits_never_makes_a_release_fail if {
	evidence := [
		{"op": "add", "path": "/snapshot/readP95Ms", "value": 350},
		{"op": "add", "path": "/snapshot/writeP95Ms", "value": 700},
		{"op": "add", "path": "/snapshot/region", "value": "eu"},
		{"op": "add", "path": "/cost/note", "value": null},
		{"op": "add", "path": "/links", "value": ["urn:example:tests"]},
	]
	every some_of in [[0], [1], [0, 1], [2, 3, 4], [0, 2], [0, 1, 2, 3, 4]] {
		promotable(json.patch(unsplit, [evidence[index] | some index in some_of]))
	}
}

test_every_breach_has_its_reason if {
	worst := {
		"snapshot": {
			"service": "graph-api", "p95Ms": 900, "p99Ms": 2000, "readP95Ms": 420, "writeP95Ms": 900,
			"errorRate": 0.05, "window": "24h",
		},
		"cost": {"graphqlPerMillionUsd": 2.5, "ingestPerThousandUsd": 0.2},
	}
	promotion.reasons == [
		{"code": "error_rate_exceeded", "message": "error rate is 0.05, the limit is 0.02"},
		{"code": "graphql_cost_exceeded", "message": "GraphQL cost in USD per million is 2.5, the limit is 2"},
		{"code": "ingest_cost_exceeded", "message": "ingest cost in USD per thousand is 0.2, the limit is 0.1"},
		{"code": "read_p95_exceeded", "message": "read p95 in ms is 420, the limit is 350"},
		{"code": "write_p95_exceeded", "message": "write p95 in ms is 900, the limit is 700"},
	] with input as worst with data.config.promotion as limits
}

test_missing_field_is_not_ok[path] if {
	some path, code in {
		"/snapshot/service": "snapshot_text_invalid",
		"/snapshot/window": "snapshot_text_invalid",
		"/snapshot/p95Ms": "snapshot_latency_invalid",
		"/snapshot/p99Ms": "snapshot_latency_invalid",
		"/snapshot/errorRate": "snapshot_error_rate_invalid",
		"/cost/graphqlPerMillionUsd": "cost_graphql_invalid",
		"/cost/ingestPerThousandUsd": "cost_ingest_invalid",
	}
	held(without_field(split, path), {code})
	held(without_field(unsplit, path), {code})
}

test_a_breach_is_told_beside_a_missing_field if {
	request := with_field(without_field(split, "/snapshot/service"), "/snapshot/errorRate", 0.5)
	held(request, {"snapshot_text_invalid", "error_rate_exceeded"})
}

test_missing_half_is_not_ok if {
	held(without_field(split, "/cost"), {"cost_graphql_invalid", "cost_ingest_invalid"})
	held(
		without_field(split, "/snapshot"),
		{"snapshot_text_invalid", "snapshot_latency_invalid", "snapshot_error_rate_invalid"},
	)
}

test_text_of_another_type_is_not_ok if {
	every value in [null, true, false, 0, 24, "", " ", "\t\n", [], ["24h"], {}] {
		held(with_field(split, "/snapshot/service", value), {"snapshot_text_invalid"})
		held(with_field(split, "/snapshot/window", value), {"snapshot_text_invalid"})
	}
}

test_latency_of_another_type_or_not_above_zero_is_not_ok if {
	every value in array.concat(not_measure, [0, 0.0]) {
		every field in ["p95Ms", "p99Ms", "readP95Ms", "writeP95Ms"] {
			held(with_field(split, concat("", ["/snapshot/", field]), value), {"snapshot_latency_invalid"})
		}
		held(with_field(unsplit, "/snapshot/p95Ms", value), {"snapshot_latency_invalid"})
	}
}

test_error_rate_of_another_type_or_past_one_is_not_ok if {
	every value in array.concat(not_measure, [1.01, 2, 1e300]) {
		held(with_field(split, "/snapshot/errorRate", value), {"snapshot_error_rate_invalid"})
	}
}

test_nothing_but_errors_is_told_as_a_breach if {
	held(with_field(split, "/snapshot/errorRate", 1), {"error_rate_exceeded"})
}

test_cost_of_another_type_is_not_ok if {
	every value in not_measure {
		held(with_field(split, "/cost/graphqlPerMillionUsd", value), {"cost_graphql_invalid"})
		held(with_field(split, "/cost/ingestPerThousandUsd", value), {"cost_ingest_invalid"})
	}
}

test_input_of_another_shape_is_not_ok if {
	every request in [{}, [], null, true, false, 0, "", "ok", [split], {"snapshot": [], "cost": "low"}] {
		held(
			request,
			{
				"snapshot_text_invalid",
				"snapshot_latency_invalid",
				"snapshot_error_rate_invalid",
				"cost_graphql_invalid",
				"cost_ingest_invalid",
			},
		)
	}
}

test_no_input_is_not_ok if {
	promotion.ok == false
	count(promotion.reasons) == 7
}

test_limit_of_another_type_is_not_ok if {
	every name, _ in limits {
		every value in not_measure {
			held_with(object.union(limits, {name: value}), split, {"limit_invalid"})
		}
		held_with(object.remove(limits, [name]), split, {"limit_invalid"})
		held_with(object.remove(limits, [name]), unsplit, {"limit_invalid"})
	}
}

test_no_data_is_not_ok if {
	promotion.ok == false with input as split with data.config as {}
	count(promotion.reasons) == 5 with input as split with data.config as {}
}

test_shipped_limits_are_usable if count(promotion.limits) == count(promotion.measures)

# No rule reads these: whoever decides about a release holds its evidence to them.
test_shipped_evidence_times_are_usable if {
	readiness := data.config.readiness
	every seconds in [readiness.max_evidence_age_seconds, readiness.min_soak_seconds] {
		is_number(seconds)
		floor(seconds) == seconds
		seconds > 0
	}
}

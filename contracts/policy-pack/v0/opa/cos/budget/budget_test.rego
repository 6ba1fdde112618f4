package cos.budget_test

import data.cos.budget

config := {
	"warn_at_percent": 80,
	"default_caps": {"tokens": 1000, "cost_usd": 10},
	"workspace_caps": {
		"research": {"tokens": 5000, "cost_usd": 50},
		"sandbox": {"tokens": 100},
		"closed": {"tokens": 0, "cost_usd": 0},
	},
}

use(workspace, tokens, cost) := {"workspace": workspace, "usage": {"tokens": tokens, "costUsd": cost}}

capped(request, caps) := object.union(request, {"caps": caps})

asked(request, requester, approver) := object.union(
	request,
	{"breakGlass": {"requester": requester, "approver": approver}},
)

codes(request, settings) := {reason.code | some reason in reasons} if {
	reasons := budget.reasons with input as request with data.config.budget as settings
}

decides(request, expected, expected_codes) if decides_with(config, request, expected, expected_codes)

decides_with(settings, request, expected, expected_codes) if {
	budget.decision == expected with input as request with data.config.budget as settings
	codes(request, settings) == expected_codes
}

# What is no amount of tokens or dollars.
not_amount := [null, true, false, "", "10", "NaN", -1, -0.01, 1e13, 1e300, [], [10], {}, {"tokens": 10}]

# What is no name, or a name with characters that cannot be told apart by eye.
not_name := [
	null, true, false, 0, 7, "", " ", "\t", [], ["bob"], {}, {"name": "bob"},
	"b\u200bob", "bob\u00a0", "b\u043eb", "bob\n", "\u017caneta",
]

test_below_the_warning_share_is_allowed if {
	decides(use("web", 0, 0), "allow", set())
	decides(use("web", 799, 7.99), "allow", set())
	decides(use("research", 3999, 39.99), "allow", set())
}

test_from_the_warning_share_on_warns if {
	decides(use("web", 800, 0), "warn", {"tokens_cap_near"})
	decides(use("web", 999, 7.99), "warn", {"tokens_cap_near"})
	decides(use("web", 0, 8), "warn", {"cost_usd_cap_near"})
	decides(use("web", 800, 9.99), "warn", {"tokens_cap_near", "cost_usd_cap_near"})
}

test_from_the_cap_on_halts if {
	decides(use("web", 1000, 0), "halt", {"tokens_cap_reached"})
	decides(use("web", 1001, 8), "halt", {"tokens_cap_reached", "cost_usd_cap_near"})
	decides(use("web", 0, 10), "halt", {"cost_usd_cap_reached"})
	decides(use("web", 1000000, 10000), "halt", {"tokens_cap_reached", "cost_usd_cap_reached"})
}

test_a_cap_of_zero_allows_nothing if {
	decides(use("closed", 0, 0), "halt", {"tokens_cap_reached", "cost_usd_cap_reached"})
}

test_cents_warn_exactly_at_their_share if {
	every pair in [[0.92, 1.15], [0.008, 0.01], [4.48, 5.6], [0.24, 0.3], [1.36, 1.7]] {
		decides(capped(use("web", 0, pair[0]), {"costUsd": pair[1]}), "warn", {"cost_usd_cap_near"})
		decides(capped(use("web", 0, pair[0] - 0.001), {"costUsd": pair[1]}), "allow", set())
	}
}

test_a_workspace_cap_comes_before_the_default_meter_by_meter if {
	decides(use("research", 4999, 0), "warn", {"tokens_cap_near"})
	decides(use("sandbox", 100, 0), "halt", {"tokens_cap_reached"})
	decides(use("sandbox", 0, 9), "warn", {"cost_usd_cap_near"})
}

test_a_workspace_is_found_without_case_and_spaces if {
	every workspace in ["Sandbox", "SANDBOX", " sandbox", "sand box "] {
		decides(use(workspace, 100, 0), "halt", {"tokens_cap_reached"})
	}
}

test_caps_of_the_input_lower_the_cap if {
	decides(capped(use("web", 400, 0), {"tokens": 500}), "warn", {"tokens_cap_near"})
	decides(capped(use("web", 500, 0), {"tokens": 500}), "halt", {"tokens_cap_reached"})
	decides(capped(use("web", 0, 1), {"costUsd": 1}), "halt", {"cost_usd_cap_reached"})
	decides(capped(use("web", 0, 0), {"tokens": 0}), "halt", {"tokens_cap_reached"})
}

test_caps_of_the_input_never_raise_the_cap if {
	decides(capped(use("web", 1000, 0), {"tokens": 1000000}), "halt", {"tokens_cap_reached"})
	decides(capped(use("web", 0, 10), {"costUsd": 1000000}), "halt", {"cost_usd_cap_reached"})
	decides(capped(use("web", 900, 0), {}), "warn", {"tokens_cap_near"})
}

test_caps_of_another_shape_halt if {
	every caps in [null, true, false, 0, "", "500", [], [500], {"token": 500}, {"tokens": 500, "usd": 1}] {
		decides(capped(use("web", 0, 0), caps), "halt", {"caps_invalid"})
	}
	every amount in not_amount {
		decides(capped(use("web", 0, 0), {"tokens": amount}), "halt", {"caps_invalid"})
		decides(capped(use("web", 0, 0), {"tokens": 500, "costUsd": amount}), "halt", {"caps_invalid"})
	}
}

test_usage_of_another_type_halts if {
	every amount in not_amount {
		decides(use("web", amount, 0), "halt", {"usage_tokens_invalid"})
		decides(use("web", 0, amount), "halt", {"usage_cost_usd_invalid"})
	}
	decides(use("web", 1.5, 0), "halt", {"usage_tokens_invalid"})
}

test_the_largest_amount_is_an_amount if {
	decides(capped(use("web", 1000000000000, 0), {"tokens": 1000000000000}), "halt", {"tokens_cap_reached"})
	decides(use("web", 1000000000001, 0), "halt", {"usage_tokens_invalid"})
	decides(use("web", 0, 1000000000000.5), "halt", {"usage_cost_usd_invalid"})
}

test_missing_usage_halts if {
	decides({"workspace": "web", "usage": {"costUsd": 0}}, "halt", {"usage_tokens_invalid"})
	decides({"workspace": "web", "usage": {"tokens": 0}}, "halt", {"usage_cost_usd_invalid"})
	decides({"workspace": "web", "usage": []}, "halt", {"usage_tokens_invalid", "usage_cost_usd_invalid"})
	decides({"workspace": "web"}, "halt", {"usage_tokens_invalid", "usage_cost_usd_invalid"})
}

test_workspace_that_is_no_name_halts if {
	every workspace in not_name {
		decides(use(workspace, 0, 0), "halt", {"workspace_invalid"})
	}
	decides({"usage": {"tokens": 0, "costUsd": 0}}, "halt", {"workspace_invalid"})
}

test_input_of_another_shape_halts if {
	every request in [{}, [], null, true, false, 0, "", "web", ["web"]] {
		decides(request, "halt", {"workspace_invalid", "usage_tokens_invalid", "usage_cost_usd_invalid"})
	}
}

test_no_input_halts if {
	budget.decision == "halt"
	count(budget.reasons) == 3
}

test_break_glass_of_two_people_turns_halt_into_warn if {
	request := asked(use("web", 1000, 0), "alice", "bob@example.com")
	decides(request, "warn", {"tokens_cap_reached", "break_glass_used"})
	{
		"code": "break_glass_used",
		"message": "break-glass asked for by alice, approved by bob@example.com",
	} in budget.reasons with input as request with data.config.budget as config
}

test_break_glass_by_the_requester_alone_halts if {
	every approver in ["alice", "Alice", "ALICE", " alice", "alice ", "al ice"] {
		decides(
			asked(use("web", 1000, 0), "alice", approver), "halt",
			{"tokens_cap_reached", "break_glass_self_approved"},
		)
		decides(
			asked(use("web", 1000, 0), approver, "alice"), "halt",
			{"tokens_cap_reached", "break_glass_self_approved"},
		)
	}
}

test_break_glass_without_two_names_halts if {
	every name in not_name {
		decides(asked(use("web", 1000, 0), "alice", name), "halt", {"tokens_cap_reached", "break_glass_invalid"})
		decides(asked(use("web", 1000, 0), name, "alice"), "halt", {"tokens_cap_reached", "break_glass_invalid"})
		decides(asked(use("web", 1000, 0), name, name), "halt", {"tokens_cap_reached", "break_glass_invalid"})
	}
	every approval in [null, true, "bob", [], {}, {"requester": "alice"}, {"approver": "bob"}] {
		request := object.union(use("web", 1000, 0), {"breakGlass": approval})
		decides(request, "halt", {"tokens_cap_reached", "break_glass_invalid"})
	}
}

test_break_glass_changes_nothing_below_the_cap if {
	decides(asked(use("web", 0, 0), "alice", "bob"), "allow", set())
	decides(asked(use("web", 0, 0), "alice", "alice"), "allow", set())
	decides(asked(use("web", 800, 0), "", null), "warn", {"tokens_cap_near"})
}

test_break_glass_does_not_mend_bad_input if {
	decides(asked(use("web", -1, 0), "alice", "bob"), "halt", {"usage_tokens_invalid"})
	decides(asked(use("web", -1, 10), "alice", "bob"), "halt", {"usage_tokens_invalid"})
	decides(asked(use("web", -1, 10), "alice", "alice"), "halt", {"usage_tokens_invalid"})
	decides(asked(use("web", -1, 10), "alice", null), "halt", {"usage_tokens_invalid"})
	decides(asked(use("", 1000, 0), "alice", "bob"), "halt", {"workspace_invalid"})
	decides(asked(capped(use("web", 1000, 0), null), "alice", "bob"), "halt", {"caps_invalid"})
	decides_with({}, asked(use("web", 1000, 0), "alice", "bob"), "halt", {"config_invalid"})
}

test_without_any_cap_halts if {
	settings := {"warn_at_percent": 80}
	missing := {"tokens_cap_missing", "cost_usd_cap_missing"}
	decides_with(settings, use("web", 0, 0), "halt", missing)
	decides_with(settings, asked(use("web", 0, 0), "alice", "bob"), "halt", missing)
	decides_with(settings, capped(use("web", 0, 0), {"tokens": 500}), "halt", {"cost_usd_cap_missing"})
}

test_caps_of_the_input_alone_are_caps if {
	settings := {"warn_at_percent": 80}
	decides_with(settings, capped(use("web", 0, 0), {"tokens": 500, "costUsd": 5}), "allow", set())
	decides_with(
		settings, capped(use("web", 500, 0), {"tokens": 500, "costUsd": 5}), "halt",
		{"tokens_cap_reached"},
	)
}

test_the_warning_share_is_set_in_data if {
	decides_with(object.union(config, {"warn_at_percent": 100}), use("web", 999, 9.99), "allow", set())
	decides_with(object.union(config, {"warn_at_percent": 0.5}), use("web", 5, 0), "warn", {"tokens_cap_near"})
	decides_with(object.union(config, {"warn_at_percent": 0.5}), use("web", 4, 0), "allow", set())
}

test_broken_config_halts if {
	every percent in [null, true, "80", 0, -80, 100.1, 8000, [], {}] {
		decides_with(object.union(config, {"warn_at_percent": percent}), use("web", 0, 0), "halt", {"config_invalid"})
	}
	every settings in [{}, [], null, "80", object.remove(config, ["warn_at_percent"])] {
		decides_with(settings, use("web", 0, 0), "halt", {"config_invalid"})
	}
	every caps in [null, true, "", [], 5] {
		decides_with(object.union(config, {"workspace_caps": {"web": caps}}), use("web", 0, 0), "halt", {"config_invalid"})
		decides_with(object.union(config, {"workspace_caps": caps}), use("web", 0, 0), "halt", {"config_invalid"})
	}
}

test_broken_cap_never_falls_back_to_a_wider_one if {
	every amount in not_amount {
		settings := object.union(config, {"workspace_caps": {"web": {"tokens": amount}}})
		decides_with(settings, use("web", 0, 0), "halt", {"config_invalid"})
		decides_with(settings, capped(use("web", 0, 0), {"tokens": 500}), "halt", {"config_invalid"})
	}
	every amount in not_amount {
		settings := object.union(config, {"default_caps": {"cost_usd": amount}})
		decides_with(settings, use("web", 0, 0), "halt", {"config_invalid"})
	}
}

test_messages_say_the_amount_and_the_cap if {
	budget.reasons == [
		{"code": "cost_usd_cap_near", "message": "usage.costUsd is 8.5, at or above 80 % of the cap of 10"},
		{"code": "tokens_cap_reached", "message": "usage.tokens is 1200, the cap is 1000"},
	] with input as use("web", 1200, 8.5) with data.config.budget as config
}

# A cap whose workspace could never be found would silently leave that workspace the default.
test_shipped_workspaces_can_be_found if {
	every workspace, _ in data.config.budget.workspace_caps {
		budget.name_of(workspace) == workspace
	}
}

test_shipped_caps_are_usable if {
	every workspace in object.keys(data.config.budget.workspace_caps) | {"any-other"} {
		budget.config_usable with input as use(workspace, 0, 0)
		count(budget.cap) == count(budget.meters) with input as use(workspace, 0, 0)
	}
}

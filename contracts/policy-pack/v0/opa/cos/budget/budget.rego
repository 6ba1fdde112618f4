# METADATA
# scope: package
# title: Workspace budget
# description: |
#   Token and cost caps by workspace: allow, warn close to a cap, halt at the cap.
#   Caps come from data.config.budget; caps in the input can lower them and never raise them.
# schemas:
#   - input: schema.cos.budget.input
package cos.budget

config := data.config.budget

# What each meter is called in the input, and in data.
meters := {"tokens": "tokens", "costUsd": "cost_usd"}

# Other characters are refused: they make names that look alike but are not the same.
name_characters := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ._-+@:/|#=,"

# Beyond this an amount is a mistake, and hosts no longer round it alike.
max_amount := 1000000000000

default decision := "halt"

# METADATA
# scope: document
# title: What the workspace may do next
# description: |
#   "allow"; "warn" when a meter has reached the warning share of its cap, or when break-glass
#   overrides a reached cap; else "halt". Anything missing or of another type is "halt", and
#   break-glass does not change that.
# entrypoint: true
decision := "allow" if {
	answerable
	count(reached) == 0
	count(near) == 0
}

decision := "warn" if {
	answerable
	count(reached) == 0
	count(near) > 0
}

decision := "warn" if {
	answerable
	count(reached) > 0
	break_glass_approved
}

# METADATA
# scope: document
# title: Why the decision is not a plain allow
# description: A sorted array of {code, message}, empty exactly when the decision is "allow".
# entrypoint: true
reasons := sort(findings)

answerable if {
	workspace
	config_usable
	caps_usable
	every meter, _ in meters {
		used[meter] >= 0
		cap[meter] >= 0
	}
}

workspace := name_of(input.workspace)

config_usable if {
	config.warn_at_percent > 0
	config.warn_at_percent <= 100
	is_number(config.warn_at_percent)
	is_object(object.get(config, "workspace_caps", {}))
	is_object(own_caps)
	every _, limit in configured {
		is_amount(limit)
	}
}

own_caps := object.get(config, ["workspace_caps", workspace], {})

# The workspace's own cap, else the default, meter by meter.
configured[meter] := own_caps[field] if some meter, field in meters

configured[meter] := config.default_caps[field] if {
	some meter, field in meters
	is_object(own_caps)
	not has_key(own_caps, field)
}

caps_usable if not caps_given

caps_usable if {
	is_object(input.caps)
	every meter, limit in input.caps {
		meters[meter]
		is_amount(limit)
	}
}

caps_given if has_key(input, "caps")

used["tokens"] := input.usage.tokens if {
	is_amount(input.usage.tokens)
	floor(input.usage.tokens) == input.usage.tokens
}

used["costUsd"] := input.usage.costUsd if is_amount(input.usage.costUsd)

cap[meter] := min(limits) if {
	some meter, _ in meters
	limits := {limit |
		some source in [configured, object.get(input, "caps", {})]
		limit := source[meter]
	}
	count(limits) > 0
}

reached contains meter if {
	some meter, amount in used
	amount >= cap[meter]
}

near contains meter if {
	some meter, amount in used
	amount < cap[meter]
	micros(amount) * 100 >= config.warn_at_percent * micros(cap[meter])
}

# Binary fractions would put 80 % of 1.15 beside 0.92; whole millionths compare exactly.
micros(amount) := round(amount * 1000000)

requester := name_of(input.breakGlass.requester)

approver := name_of(input.breakGlass.approver)

break_glass_approved if requester != approver

findings contains {
	"code": "workspace_invalid",
	"message": "workspace must be a non-empty identifier",
} if {
	not workspace
}

findings contains {
	"code": "config_invalid",
	"message": "data.config.budget must hold warn_at_percent (above 0, at most 100) and caps from 0 to 1000000000000",
} if {
	workspace
	not config_usable
}

findings contains {
	"code": "caps_invalid",
	"message": "caps, where given, may hold only tokens and costUsd, each from 0 to 1000000000000",
} if {
	not caps_usable
}

findings contains {
	"code": "usage_tokens_invalid",
	"message": "usage.tokens must be a whole number from 0 to 1000000000000",
} if {
	not used.tokens
}

findings contains {
	"code": "usage_cost_usd_invalid",
	"message": "usage.costUsd must be a number from 0 to 1000000000000",
} if {
	not used.costUsd
}

findings contains {
	"code": concat("", [meter_code, "_cap_missing"]),
	"message": sprintf("neither data.config.budget nor caps.%v gives a cap", [meter]),
} if {
	config_usable
	caps_usable
	some meter, meter_code in meters
	not cap[meter]
}

findings contains {
	"code": concat("", [meter_code, "_cap_reached"]),
	"message": sprintf("usage.%v is %v, the cap is %v", [meter, used[meter], cap[meter]]),
} if {
	answerable
	some meter, meter_code in meters
	meter in reached
}

findings contains {
	"code": concat("", [meter_code, "_cap_near"]),
	"message": sprintf(
		"usage.%v is %v, at or above %v %% of the cap of %v",
		[meter, used[meter], config.warn_at_percent, cap[meter]],
	),
} if {
	answerable
	some meter, meter_code in meters
	meter in near
}

findings contains {
	"code": "break_glass_used",
	"message": concat("", ["break-glass asked for by ", requester, ", approved by ", approver]),
} if {
	answerable
	count(reached) > 0
	break_glass_approved
}

findings contains {
	"code": "break_glass_invalid",
	"message": "breakGlass.requester and breakGlass.approver must be non-empty identifiers",
} if {
	answerable
	count(reached) > 0
	has_key(input, "breakGlass")
	not break_glass_named
}

findings contains {
	"code": "break_glass_self_approved",
	"message": "breakGlass.approver must be another person than breakGlass.requester",
} if {
	answerable
	count(reached) > 0
	requester == approver
}

break_glass_named if {
	requester
	approver
}

has_key(document, key) if key in object.keys(document)

is_amount(value) if {
	is_number(value)
	value >= 0
	value <= max_amount
}

# Names that differ only in case or spaces are one name: "Alice" cannot approve for "alice ".
name_of(value) := name if {
	is_string(value)
	trim(value, name_characters) == ""
	name := replace(lower(value), " ", "")
	name != ""
}

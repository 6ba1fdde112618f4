package cos.abac_test

import data.cos.abac

now := time.parse_rfc3339_ns("2026-06-01T12:00:00Z")

permitted := {
	"subject": {"tenant": "acme", "purpose": "investigation"},
	"resource": {"tenant": "acme", "retention_until": "2027-01-01T00:00:00Z"},
}

with_field(path, value) := json.patch(permitted, [{"op": "replace", "path": path, "value": value}])

without_field(path) := json.patch(permitted, [{"op": "remove", "path": path}])

# What is not the text that a field needs, whatever the field.
not_text := [null, true, false, 0, -1, 1.5, "", " ", "\t\n", [], ["acme"], {}, {"tenant": "acme"}]

codes(request) := {reason.code | some reason in reasons} if {
	reasons := abac.reasons with input as request with time.now_ns as now
}

denied(request, code) if {
	not abac.allow with input as request with time.now_ns as now
	code in codes(request)
}

test_same_tenant_listed_purpose_and_retention_ahead_is_allowed if {
	abac.allow == true with input as permitted with time.now_ns as now
	abac.reasons == [] with input as permitted with time.now_ns as now
}

test_every_listed_purpose_is_allowed if {
	every purpose in abac.allowed_purposes {
		request := with_field("/subject/purpose", purpose)
		abac.allow with input as request with time.now_ns as now
		codes(request) == set()
	}
}

test_other_fields_do_not_matter if {
	request := object.union(permitted, {"subject": {"roles": ["analyst"]}, "trace": 7})
	abac.allow with input as request with time.now_ns as now
}

test_cross_tenant_is_denied[note] if {
	some note, tenant in {
		"another tenant": "globex",
		"another case": "ACME",
		"a space more": "acme ",
		"a prefix": "acm",
		"a look-alike": "\u0430cme",
		"a zero-width space": "ac\u200bme",
	}
	request := with_field("/resource/tenant", tenant)
	denied(request, "cross_tenant")
	codes(request) == {"cross_tenant"}
}

test_cross_tenant_does_not_name_the_other_tenant if {
	reasons := abac.reasons with input as with_field("/resource/tenant", "globex") with time.now_ns as now
	every reason in reasons {
		not contains(reason.message, "globex")
	}
}

test_equal_values_that_are_no_names_are_no_tenant if {
	every value in not_text {
		request := {
			"subject": {"tenant": value, "purpose": "investigation"},
			"resource": {"tenant": value, "retention_until": "2027-01-01T00:00:00Z"},
		}
		denied(request, "subject_tenant_invalid")
		denied(request, "resource_tenant_invalid")
	}
}

test_tenant_of_another_type_is_denied if {
	every value in not_text {
		denied(with_field("/subject/tenant", value), "subject_tenant_invalid")
		denied(with_field("/resource/tenant", value), "resource_tenant_invalid")
	}
}

test_purpose_off_the_list_is_denied if {
	every purpose in ["marketing", "Investigation", "investigation ", "investigation,demo", "*"] {
		denied(with_field("/subject/purpose", purpose), "purpose_not_allowed")
	}
}

test_purpose_of_another_type_is_denied if {
	every value in array.concat(not_text, [["investigation"], {"investigation": true}]) {
		denied(with_field("/subject/purpose", value), "purpose_invalid")
	}
}

test_missing_field_is_denied[path] if {
	some path, code in {
		"/subject/tenant": "subject_tenant_invalid",
		"/subject/purpose": "purpose_invalid",
		"/subject": "purpose_invalid",
		"/resource/tenant": "resource_tenant_invalid",
		"/resource/retention_until": "retention_until_invalid",
		"/resource": "retention_until_invalid",
	}
	denied(without_field(path), code)
}

test_input_of_another_shape_is_denied_with_every_reason if {
	every request in [{}, [], null, true, false, 0, "", "acme", [permitted], {"subject": [], "resource": "acme"}] {
		not abac.allow with input as request with time.now_ns as now
		codes(request) == {
			"subject_tenant_invalid",
			"resource_tenant_invalid",
			"purpose_invalid",
			"retention_until_invalid",
		}
	}
}

test_no_input_is_denied if {
	abac.allow == false
	count(abac.reasons) == 4
}

test_retention_ahead_is_allowed[note] if {
	some note, until in {
		"a nanosecond": "2026-06-01T12:00:00.000000001Z",
		"another zone": "2026-06-01T13:00:01+01:00",
		"the last instant of the clock": "2262-04-11T23:47:16Z",
		"past the clock": "2262-04-12T00:00:00Z",
		"far past the clock": "2999-06-30T08:00:00-07:00",
		"far past the clock, every digit": "4578-10-26T00:00:00Z",
		"for ever": "9999-12-31T23:59:59Z",
		"for ever on a leap day": "9996-02-29T00:00:00Z",
	}
	request := with_field("/resource/retention_until", until)
	abac.allow with input as request with time.now_ns as now
	codes(request) == set()
}

test_retention_behind_is_denied[note] if {
	some note, until in {
		"this instant": "2026-06-01T12:00:00Z",
		"a nanosecond ago": "2026-06-01T11:59:59.999999999Z",
		"ahead only without its zone": "2026-06-01T12:30:00+01:00",
		"long ago": "1999-12-31T23:59:59Z",
	}
	denied(with_field("/resource/retention_until", until), "retention_expired")
}

test_retention_that_is_no_instant_is_denied[note] if {
	some note, until in {
		"empty": "",
		"a word": "forever",
		"a date": "2027-01-01",
		"no zone": "2027-01-01T00:00:00",
		"a space": "2027-01-01 00:00:00Z",
		"no such day": "2027-02-29T00:00:00Z",
		"no such month": "2027-13-01T00:00:00Z",
		"something after": "2027-01-01T00:00:00Z; drop",
		"before the clock": "0001-01-01T00:00:00Z",
		"a year alone": "9999",
		"a far date": "9999-12-31",
		"no such far day": "9999-12-32T00:00:00Z",
		"five digits": "12026-01-01T00:00:00Z",
		"five nines": "99999-01-01T00:00:00Z",
		"a number of four characters": "1e99-01-01T00:00:00Z",
		"letters for a year": "yyyy-01-01T00:00:00Z",
		"digits of another script": "\u0669\u0669\u0669\u0669-01-01T00:00:00Z",
	}
	request := with_field("/resource/retention_until", until)
	denied(request, "retention_until_invalid")
	codes(request) == {"retention_until_invalid"}
}

test_retention_of_another_type_is_denied if {
	every value in array.concat(not_text, [1798761600, 1798761600000000000, ["2027-01-01T00:00:00Z"]]) {
		denied(with_field("/resource/retention_until", value), "retention_until_invalid")
	}
}

test_reasons_are_sorted_and_whole if {
	reasons := abac.reasons with input as {} with time.now_ns as now
	reasons == sort(reasons)
	every reason in reasons {
		object.keys(reason) == {"code", "message"}
		reason.message != ""
	}
}

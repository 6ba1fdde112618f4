# METADATA
# scope: package
# title: Attribute-based access
# description: |
#   Tenant isolation, purpose limitation and retention for one subject and one resource.
#   It reads no data, so the list of purposes stands here and changes only with a new pack.
# schemas:
#   - input: schema.cos.abac.input
package cos.abac

allowed_purposes := {
	"benchmarking",
	"demo",
	"fraud-risk",
	"investigation",
	"t&s",
	"threat-intel",
	"training",
}

# The first year whose instants do not all fit the 64-bit nanoseconds that OPA counts in.
unrepresentable_year := 2262

default allow := false

# METADATA
# scope: document
# title: Access is allowed
# description: |
#   True only for a subject of the resource's own tenant, with a listed purpose, while the
#   resource's retention date lies ahead. Anything missing or of another type is false.
# entrypoint: true
allow if {
	subject_tenant == resource_tenant
	purpose in allowed_purposes
	retained
}

# METADATA
# scope: document
# title: Why access is denied
# description: A sorted array of {code, message}, empty exactly when access is allowed.
# entrypoint: true
reasons := sort(denials)

# A call whose argument is undefined stays undefined under "not", so what is checked has a name here.
subject_tenant := input.subject.tenant if is_name(input.subject.tenant)

resource_tenant := input.resource.tenant if is_name(input.resource.tenant)

purpose := input.subject.purpose if is_name(input.subject.purpose)

retention_until := input.resource.retention_until if is_instant(input.resource.retention_until)

# A compiled policy tries every rule of a name, but goes no further than it must through an else.
retained if {
	time.parse_rfc3339_ns(retention_until) > time.now_ns()
} else if is_distant(retention_until)

denials contains {
	"code": "subject_tenant_invalid",
	"message": "subject.tenant must be a non-empty string",
} if {
	not subject_tenant
}

denials contains {
	"code": "resource_tenant_invalid",
	"message": "resource.tenant must be a non-empty string",
} if {
	not resource_tenant
}

# The message does not name the other tenant: whoever is denied must not learn it.
denials contains {
	"code": "cross_tenant",
	"message": "subject.tenant is not the tenant of the resource",
} if {
	subject_tenant != resource_tenant
}

denials contains {
	"code": "purpose_invalid",
	"message": "subject.purpose must be a non-empty string",
} if {
	not purpose
}

denials contains {
	"code": "purpose_not_allowed",
	"message": concat("", ["subject.purpose must be one of: ", concat(", ", sort(allowed_purposes))]),
} if {
	purpose
	not purpose in allowed_purposes
}

denials contains {
	"code": "retention_until_invalid",
	"message": "resource.retention_until must be an RFC 3339 date-time, such as 2030-01-31T00:00:00Z",
} if {
	not retention_until
}

denials contains {
	"code": "retention_expired",
	"message": "resource.retention_until is not in the future",
} if {
	retention_until
	not retained
}

is_name(value) if {
	is_string(value)
	trim(value, " \t\r\n") != ""
}

is_instant(value) if {
	is_string(value)
	is_number(time.parse_rfc3339_ns(value))
} else if is_distant(value)

# "Keep for ever" is often written as 9999-12-31T23:59:59Z, which overflows OPA's clock: the rest of
# the date-time is checked in a leap year that the clock can hold.
is_distant(value) if {
	is_string(value)
	year := substring(value, 0, 4)
	trim(year, "0123456789") == ""
	to_number(year) >= unrepresentable_year
	is_number(time.parse_rfc3339_ns(concat("", ["2000", substring(value, 4, -1)])))
}

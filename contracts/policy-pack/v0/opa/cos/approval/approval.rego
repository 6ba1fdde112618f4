# METADATA
# scope: package
# title: Human approval
# description: |
#   Whether a human must look at an agent's output before it is used.
#   The threshold is data.config.approval.confidence_threshold.
# schemas:
#   - input: schema.cos.approval.input
package cos.approval

default require_human := true

# METADATA
# scope: document
# title: A human is required
# description: |
#   False only for a valid confidence that reaches the threshold, or whose output something has
#   verified. Anything missing, out of range or of another type needs a human.
# entrypoint: true
require_human := false if {
	confidence >= threshold
	verified_usable
}

require_human := false if {
	confidence
	threshold
	verified
}

# METADATA
# scope: document
# title: Why a human is required
# description: A sorted array of {code, message}, empty exactly when no human is required.
# entrypoint: true
reasons := sort(concerns)

# A call whose argument is undefined stays undefined under "not", so what is checked has a name here.
threshold := data.config.approval.confidence_threshold if {
	is_ratio(data.config.approval.confidence_threshold)
}

confidence := input.agentOutput.confidenceScore if is_ratio(input.agentOutput.confidenceScore)

verified_given if "verified" in object.keys(input.agentOutput)

verified if input.agentOutput.verified == true

verified_usable if not verified_given

verified_usable if is_boolean(input.agentOutput.verified)

concerns contains {
	"code": "threshold_invalid",
	"message": "data.config.approval.confidence_threshold must be a number from 0 to 1",
} if {
	not threshold
}

concerns contains {
	"code": "confidence_invalid",
	"message": "agentOutput.confidenceScore must be a number from 0 to 1",
} if {
	not confidence
}

concerns contains {
	"code": "verified_invalid",
	"message": "agentOutput.verified must be true or false where it is given",
} if {
	not verified_usable
}

concerns contains {
	"code": "confidence_below_threshold",
	"message": sprintf(
		"agentOutput.confidenceScore is %v, below the threshold of %v, and nothing verified it",
		[confidence, threshold],
	),
} if {
	confidence < threshold
	verified_usable
	not verified
}

is_ratio(value) if {
	is_number(value)
	value >= 0
	value <= 1
}

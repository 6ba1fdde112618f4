package cos.approval_test

import data.cos.approval

threshold := 0.85

output(confidence, verified) := {"agentOutput": {"confidenceScore": confidence, "verified": verified}}

codes(request) := {reason.code | some reason in reasons} if {
	reasons := approval.reasons with input as request
		with data.config.approval.confidence_threshold as threshold
}

required(request, expected) if {
	approval.require_human == true with input as request
		with data.config.approval.confidence_threshold as threshold
	codes(request) == expected
}

free(request) if {
	approval.require_human == false with input as request
		with data.config.approval.confidence_threshold as threshold
	codes(request) == set()
}

# What is not a share from 0 to 1.
not_ratio := [null, true, false, "", "0.99", "NaN", "Infinity", -0.01, -1, 1.01, 85, 1e308, [], [0.99], {}]

test_confidence_from_the_threshold_on_needs_nobody if {
	every confidence in [0.85, 0.850, 0.8500001, 0.99, 1, 1.0] {
		free(output(confidence, false))
		free({"agentOutput": {"confidenceScore": confidence}})
	}
}

test_confidence_below_the_threshold_needs_a_human if {
	every confidence in [0, 0.5, 0.84, 0.8499999] {
		required(output(confidence, false), {"confidence_below_threshold"})
		required({"agentOutput": {"confidenceScore": confidence}}, {"confidence_below_threshold"})
	}
}

test_verified_output_needs_nobody if {
	every confidence in [0, 0.5, 0.84, 0.85, 1] {
		free(output(confidence, true))
	}
}

test_verified_that_is_not_a_boolean_needs_a_human if {
	every verified in [null, 0, 1, "", "true", "yes", [], [true], {}, {"by": "alice"}] {
		required(output(0.5, verified), {"verified_invalid"})
		required(output(0.99, verified), {"verified_invalid"})
	}
}

test_confidence_that_is_no_ratio_needs_a_human_even_if_verified if {
	every confidence in not_ratio {
		required(output(confidence, true), {"confidence_invalid"})
		required(output(confidence, false), {"confidence_invalid"})
	}
}

test_missing_confidence_needs_a_human if {
	required({"agentOutput": {"verified": true}}, {"confidence_invalid"})
	required({"agentOutput": {}}, {"confidence_invalid"})
}

test_input_of_another_shape_needs_a_human if {
	every request in [{}, [], null, true, false, 0, 0.99, "", "0.99", {"agentOutput": 0.99}, {"agentOutput": [0.99]}] {
		required(request, {"confidence_invalid"})
	}
}

test_no_input_needs_a_human if {
	approval.require_human == true
	count(approval.reasons) > 0
}

test_threshold_that_is_no_ratio_needs_a_human if {
	every broken in not_ratio {
		approval.require_human == true with input as output(1, true)
			with data.config.approval.confidence_threshold as broken
		approval.reasons == [{
			"code": "threshold_invalid",
			"message": "data.config.approval.confidence_threshold must be a number from 0 to 1",
		}] with input as output(1, true)
			with data.config.approval.confidence_threshold as broken
	}
}

test_no_data_needs_a_human if {
	approval.require_human == true with input as output(1, true) with data.config as {}
	count(approval.reasons) == 1 with input as output(1, true) with data.config as {}
}

test_the_message_says_the_confidence_and_the_threshold if {
	approval.reasons == [{
		"code": "confidence_below_threshold",
		"message": "agentOutput.confidenceScore is 0.5, below the threshold of 0.85, and nothing verified it",
	}] with input as output(0.5, false)
		with data.config.approval.confidence_threshold as threshold
}

test_shipped_threshold_is_usable if {
	approval.threshold > 0
	approval.threshold <= 1
}

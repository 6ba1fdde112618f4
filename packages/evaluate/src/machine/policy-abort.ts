/** What `opa_abort` says: the policy itself stopped, as on two values for one complete rule. */
export class PolicyAbort extends Error {}

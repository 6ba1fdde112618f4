export { timestampResponse } from "@policy-pack/testkit";
export type { TokenSpec } from "@policy-pack/testkit";

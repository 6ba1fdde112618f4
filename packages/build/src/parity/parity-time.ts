import { SIMULATION_TIME_NS } from "@policy-pack/simulate";

/** Builtins by which OPA reads the machine's clock where a policy states no time; nothing can be put in its place. */
const CLOCK_READERS: readonly string[] = [
  "crypto.x509.parse_and_verify_certificates",
  "crypto.x509.parse_and_verify_certificates_with_options",
  "io.jwt.decode_verify",
];

/**
 * The time that both evaluators are given, in nanoseconds since 1970: a fixed one, and that of the machine for a module that
 * asks whether a token or a certificate is valid now, since OPA knows no other.
 * @param required the builtins that the module leaves to its host
 */
export function parityTime(required: readonly string[], now: () => number = Date.now): bigint {
  return CLOCK_READERS.some((name) => required.includes(name)) ? BigInt(now()) * 1_000_000n : SIMULATION_TIME_NS;
}

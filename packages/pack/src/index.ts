export { ERROR_CODES } from "./error-codes.ts";
export type { CodeOf, ErrorCode, ErrorKind } from "./error-codes.ts";
export {
  ConfigError,
  EvaluationError,
  FormatError,
  messageOf,
  PolicyPackError,
  systemCodeOf,
  TransportError,
  TrustError,
  VerificationError,
} from "./errors.ts";
export type { ErrorOptions, ErrorReport } from "./errors.ts";
export { checkDigest, digestFromHex, digestOf, hexOf, isDigest, parseDigest, rawDigest } from "./digest.ts";
export type { Digest } from "./digest.ts";

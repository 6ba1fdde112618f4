export { preAuthEncoding } from "./envelope.ts";
export { signBlob, signStatement, STATEMENT_PAYLOAD_TYPE } from "./sign.ts";
export type { SigningParties } from "./sign.ts";
export type {
  Envelope,
  LogEntry,
  Signature,
  SignedContent,
  Signer,
  SigningKey,
  Witness,
  WitnessAnswer,
} from "./ports.ts";

export { DEFAULTS } from "./defaults.ts";
export { preAuthEncoding } from "./envelope.ts";
export { identityTokenProvider } from "./identity-token.ts";
export type { Environment, IdentityProvider, IdentityTokenOptions } from "./identity-token.ts";
export { keylessSigning } from "./keyless.ts";
export type { KeylessOptions } from "./keyless.ts";
export { cosignLimits, keyPairWarnings } from "./keys/cosign-limits.ts";
export { generateKeyPair, KEY_FORMATS, KEY_PAIR_KINDS } from "./keys/key-pair.ts";
export type { KeyFormat, KeyPairKind, KeyPairOptions, PemKeyPair } from "./keys/key-pair.ts";
export { keyFacts } from "./keys/key-kind.ts";
export type { KeyFacts, KeyKind } from "./keys/key-kind.ts";
export { isEncryptedKey, keyHint, openPrivateKey } from "./keys/private-key.ts";
export type { PrivateKeyOptions } from "./keys/private-key.ts";
export type { KmsOptions } from "./kms/context.ts";
export { openKmsSigner } from "./kms/open.ts";
export { isKmsUri } from "./kms/uri.ts";
export { signMessage, toMessage } from "./message.ts";
export type { Message } from "./message.ts";
export { signBlob, signStatement, STATEMENT_PAYLOAD_TYPE } from "./sign.ts";
export type { SigningParties } from "./sign.ts";
export type {
  Envelope,
  KeySigner,
  LogEntry,
  Signature,
  SignedContent,
  Signer,
  SigningKey,
  Witness,
  WitnessAnswer,
} from "./ports.ts";
export { baseOf, serviceUrl } from "./service-url.ts";
export { checkLoggable, keyDetailsOf, logLimit } from "./services/log-keys.ts";
export type { ContentKind, RekorVersion } from "./services/log-keys.ts";
export { keylessParties, selectWitnesses, signingConfigWitnesses } from "./services/parties.ts";
export type { SelectedServices, ServiceOptions } from "./services/parties.ts";
export { parseSigningConfig, SIGNING_CONFIG_MEDIA_TYPE } from "./services/signing-config.ts";
export type { Selector, Service, ServiceGroup, SigningConfig } from "./services/signing-config.ts";

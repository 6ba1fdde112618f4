export {
  STATEMENT,
  checkpointOf,
  entry,
  envelopeBundle,
  hashedRekord,
  hashedRekordV2,
  messageBundle,
} from "@policy-pack/testkit";
export type { BundleJson, BundleSpec, EntryJson, EntrySpec, EnvelopeSpec } from "@policy-pack/testkit";

import { messageBundle } from "../forge/bundles.ts";
import { signedTimestamp } from "../forge/certificates.ts";
import {
  caCertificate,
  caJson,
  certificates,
  iso,
  keys,
  leaf,
  MINUTE,
  NOW,
  rootJson,
  token,
  tsaCertificate,
  YEAR,
} from "../forge/world.ts";
import type { CaJson, LogJson, RootJson } from "../forge/world.ts";
import { bentRoot, certified, forgeryGroup, rekorV2Bundle } from "./forgery.ts";
import type { Trial } from "./forgery.ts";

const SECOND = 1000;
const AFTER = { start: iso(NOW + SECOND) };
const BEFORE = { start: iso(NOW - YEAR), end: iso(NOW - SECOND) };
const EXACTLY = { start: iso(NOW), end: iso(NOW) };

type Window = CaJson["validFor"] & LogJson["publicKey"]["validFor"];

const authority =
  (kind: "certificateAuthorities" | "timestampAuthorities", window: Window): (() => Trial) =>
  () => ({
    root: bentRoot((root) => {
      root[kind].forEach((one) => {
        one.validFor = window;
      });
    }),
  });

const log =
  (kind: "tlogs" | "ctlogs", window: Window, bundle?: () => Trial): (() => Trial) =>
  () => ({
    ...bundle?.(),
    root: bentRoot((root) => {
      root[kind].forEach(({ publicKey }) => {
        publicKey.validFor = window;
      });
    }),
  });

const v2 = (): Trial => ({ bundle: rekorV2Bundle() });

/** A chain whose intermediate lives only within the span. */
function intermediateOf(notBefore: number, notAfter: number): Trial {
  const chain = [caCertificate({ notBefore, notAfter }), certificates.root];
  return { root: rootJson({ certificateAuthorities: [caJson(...chain)] }) };
}

function tsaOf(notBefore: number, notAfter: number): Trial {
  const certificate = tsaCertificate({ notBefore, notAfter });
  const root: RootJson = rootJson({ timestampAuthorities: [caJson(certificate, certificates.tsaRoot)] });
  return { root, bundle: messageBundle({ tokens: (signature) => [token(signature, { certificate })] }) };
}

/** Everything has a span of time in which it is believed; both ends belong to it. */
export const windowForgeries = forgeryGroup("validity windows", [
  [
    "a certificate before its time",
    "CERTIFICATE_INVALID",
    "it was not valid when it signed",
    () => certified({ notBefore: NOW + SECOND }),
  ],
  [
    "a certificate after its time",
    "CERTIFICATE_INVALID",
    "it was not valid any more when it signed",
    () => certified({ notBefore: NOW - 10 * MINUTE, notAfter: NOW - SECOND }),
  ],
  [
    "a certificate in its first and last second",
    "accepted",
    "both ends of a window belong to it",
    () => certified({ notBefore: NOW, notAfter: NOW }),
  ],
  [
    "an intermediate before its time",
    "CERTIFICATE_INVALID",
    "each link of the path must be valid",
    () => intermediateOf(NOW + SECOND, NOW + YEAR),
  ],
  [
    "an intermediate after its time",
    "CERTIFICATE_INVALID",
    "each link of the path must be valid",
    () => intermediateOf(NOW - YEAR, NOW - SECOND),
  ],
  [
    "a certificate authority before its window",
    "CERTIFICATE_INVALID",
    "the trusted root says when it is believed",
    authority("certificateAuthorities", AFTER),
  ],
  [
    "a certificate authority after its window",
    "CERTIFICATE_INVALID",
    "the trusted root says when it is believed",
    authority("certificateAuthorities", BEFORE),
  ],
  [
    "a certificate authority at both ends of its window",
    "accepted",
    "both ends of a window belong to it",
    authority("certificateAuthorities", EXACTLY),
  ],
  ["a log key before its window", "LOG_ENTRY_INVALID", "the log's own time lies outside", log("tlogs", AFTER)],
  ["a log key after its window", "LOG_ENTRY_INVALID", "the log's own time lies outside", log("tlogs", BEFORE)],
  ["a log key at both ends of its window", "accepted", "both ends of a window belong to it", log("tlogs", EXACTLY)],
  ["a Rekor v2 key before its window", "LOG_ENTRY_INVALID", "the proven time lies outside", log("tlogs", AFTER, v2)],
  [
    "a Rekor v2 key after its window",
    "LOG_ENTRY_INVALID",
    "the proven time lies outside; others do not look",
    log("tlogs", BEFORE, v2),
  ],
  [
    "a Rekor v2 key at both ends of its window",
    "accepted",
    "both ends of a window belong to it",
    log("tlogs", EXACTLY, v2),
  ],
  ["a log key without a start", "TRUSTED_ROOT_INVALID", "it would be believed since ever", log("tlogs", {})],
  [
    "a certificate transparency log without a start",
    "TRUSTED_ROOT_INVALID",
    "it would be believed since ever",
    log("ctlogs", {}),
  ],
  [
    "a certificate authority without a start",
    "TRUSTED_ROOT_INVALID",
    "it would be believed since ever",
    authority("certificateAuthorities", {}),
  ],
  [
    "a timestamp authority without a start",
    "TRUSTED_ROOT_INVALID",
    "it would be believed since ever",
    authority("timestampAuthorities", {}),
  ],
  [
    "a timestamp authority before its window",
    "TIMESTAMP_INVALID",
    "the trusted root says when it is believed",
    authority("timestampAuthorities", AFTER),
  ],
  [
    "a timestamp authority after its window",
    "TIMESTAMP_INVALID",
    "the trusted root says when it is believed",
    authority("timestampAuthorities", BEFORE),
  ],
  [
    "a timestamp authority at both ends of its window",
    "accepted",
    "both ends of a window belong to it",
    authority("timestampAuthorities", EXACTLY),
  ],
  [
    "a timestamp authority's certificate before its time",
    "TIMESTAMP_INVALID",
    "its own certificate was not valid",
    () => tsaOf(NOW + SECOND, NOW + YEAR),
  ],
  [
    "a timestamp authority's certificate after its time",
    "TIMESTAMP_INVALID",
    "its own certificate was not valid",
    () => tsaOf(NOW - YEAR, NOW - SECOND),
  ],
  [
    "a certificate transparency log before its window",
    "SCT_INVALID",
    "it promised before its key was believed",
    log("ctlogs", AFTER),
  ],
  [
    "a certificate transparency log after its window",
    "SCT_INVALID",
    "it promised after its key was retired",
    log("ctlogs", BEFORE),
  ],
  [
    "an SCT from the years before the log's key",
    "SCT_INVALID",
    "the SCT's own time counts",
    () => certified({ scts: (spec) => [signedTimestamp(keys.ct, spec, NOW - 2 * YEAR)] }),
  ],
  [
    "a timestamp after the certificate's time beside a log entry within it",
    "CERTIFICATE_INVALID",
    "every proven time counts, not the most convenient one",
    () => ({ bundle: messageBundle({ tokens: (signature) => [token(signature, { timeMs: NOW + 30 * MINUTE })] }) }),
  ],
  [
    "two timestamps, one after the certificate's time",
    "CERTIFICATE_INVALID",
    "every proven time counts, not the first",
    () => ({
      bundle: messageBundle({
        tokens: (signature) => [token(signature), token(signature, { timeMs: NOW + 30 * MINUTE })],
      }),
    }),
  ],
  [
    "a window that ends before it starts",
    "LOG_ENTRY_INVALID",
    "no time lies in it",
    log("tlogs", { start: iso(NOW + YEAR), end: iso(NOW - YEAR) }),
  ],
  [
    "a certificate that ends before it starts",
    "CERTIFICATE_INVALID",
    "no time lies in it",
    () => certified({ notBefore: NOW + MINUTE, notAfter: NOW - MINUTE }),
  ],
  [
    "a leaf of a year that cannot be",
    "CERTIFICATE_INVALID",
    "its one time is no time",
    () => ({ bundle: messageBundle({ certificate: leaf({ notAfter: Date.UTC(1969, 0, 1) }) }) }),
  ],
]);

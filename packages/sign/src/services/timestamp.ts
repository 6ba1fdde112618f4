import { createHash } from "node:crypto";
import { SIGN_LIMITS } from "../limits.ts";
import type { Witness } from "../ports.ts";
import { postJson } from "./http.ts";
import type { RequestOptions } from "./http.ts";
import { converted } from "./service-failure.ts";

/**
 * The RFC 3161 timestamp authority at the URL, which has its path, such as `/api/v1/timestamp`. What it answers is not
 * read: whether it is a timestamp of this signature is for who verifies the bundle.
 * Source: Sigstore timestamp-authority, `getTimestampResponse` with a JSON request.
 */
export function timestampWitness(url: string, requests: RequestOptions): Witness {
  return {
    testify: ({ signature }) =>
      converted(`The timestamp authority at ${url}`, async () => {
        const artifactHash = createHash("sha256").update(signature).digest("base64");
        const options = { ...requests, maxBytes: SIGN_LIMITS.maxAnswerBytes };
        return { timestamps: [await postJson(toPlace(url), { artifactHash, hashAlgorithm: "sha256" }, options)] };
      }),
  };
}

/** A URL without a path is the base URL of Sigstore's own server. */
function toPlace(url: string): string {
  return new URL(url).pathname === "/" ? new URL("/api/v1/timestamp", url).href : url;
}

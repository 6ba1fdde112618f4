import type { Witness } from "../ports.ts";
import type { RequestOptions } from "./http.ts";
import { contentOf } from "./rekor.ts";
import { converted } from "./service-failure.ts";

/** The RFC 3161 timestamp authority at the URL, which has its path, such as `/api/v1/timestamp`. */
export function timestampWitness(url: string, requests: RequestOptions): Witness {
  const { timeoutMs: timeout, retries: retry } = requests;
  return {
    testify: (content) =>
      converted(`The timestamp authority at ${url}`, async () => {
        const { TSAWitness } = await import("@sigstore/sign");
        const witness = new TSAWitness({ tsaBaseURL: url, timeout, retry });
        const { rfc3161Timestamps } = await witness.testify(contentOf(content));
        return { timestamps: rfc3161Timestamps.map(({ signedTimestamp }) => signedTimestamp) };
      }),
  };
}

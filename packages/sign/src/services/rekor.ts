import type { Witness } from "../ports.ts";
import type { RequestOptions } from "./http.ts";
import { checkLoggable } from "./log-keys.ts";
import type { RekorVersion } from "./log-keys.ts";
import { createEntryV1 } from "./rekor-v1.ts";
import { createEntryV2 } from "./rekor-v2.ts";
import { converted } from "./service-failure.ts";

/**
 * The transparency log at the base URL. A v1 log keeps a `hashedrekord` of a message and a `dsse` of a statement; a v2
 * log keeps a `hashedrekord` of both, the only form that cosign takes from it.
 */
export function rekorWitness(url: string, version: RekorVersion, requests: RequestOptions): Witness {
  const createEntry = version === 2 ? createEntryV2 : createEntryV1;
  return {
    checkKey: (key, content) => {
      checkLoggable(key, content, version);
    },
    testify: (content) =>
      converted(`Rekor at ${url}`, async () => ({ logEntries: [await createEntry(url, content, requests)] })),
  };
}

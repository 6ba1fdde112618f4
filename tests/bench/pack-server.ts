import type { Context } from "./context.ts";
import { PACK_ID, POLICY_PACK } from "./fixture.ts";
import { freePort, pinned, startServer } from "./process.ts";
import type { Server } from "./process.ts";

/** `policy-pack serve` over the fixture, on the first core; the URL is the pack's. */
export async function startPackServer({ tools, fixture: { root } }: Context): Promise<Server> {
  const port = await freePort();
  const command = [...POLICY_PACK, "serve", "--host", "127.0.0.1", "--port", String(port), "--root", root] as const;
  return startServer(pinned(tools, 0, command), `http://127.0.0.1:${port}/v1/policy/packs/${PACK_ID}`, root);
}

import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Crew } from "./crew.ts";

const CHECKOUT = join(import.meta.dirname, "../..");
const PACK = "contracts/policy-pack/v0";
const AUTHORITY = ".policy-pack/dev-authority";
const SIGNER = {
  certificateIdentity: "dev@policy-pack.localhost",
  certificateOidcIssuer: "https://dev-authority.policy-pack.localhost",
};

export const SERVICE = "graph-api";
export const ENVIRONMENT = "production";
/** Instead of the pack's ten minutes, which nobody would watch. */
export const MIN_SOAK_SECONDS = 2;

/** Who a token is for, and what it may do. */
const PEOPLE = { collector: ["evidence:write"], "evidence-gate": ["evidence:read"] } as const;
export type Person = keyof typeof PEOPLE;

/** A folder like a checkout, and the server of it. */
export interface World {
  readonly crew: Crew;
  readonly at: (path: string) => string;
  readonly url: string;
  readonly digest: string;
  /** Made when first asked for; it outlives the demo. */
  readonly token: (person: Person) => Promise<string>;
}

const ISSUER = "https://issuer.example";
const AUDIENCE = "https://policy-pack.example";

/** Copies the pack's source, with the shorter soak time; builds it and signs it with a development authority of its own. */
export async function buildPack(crew: Crew, folder: string): Promise<string> {
  const filter = (source: string): boolean => !source.endsWith("cosign.bundle.json");
  await cp(join(CHECKOUT, PACK), join(folder, PACK), { recursive: true, filter });
  const readiness = join(folder, PACK, "data/config/readiness/data.json");
  const limits = JSON.parse(await readFile(readiness, "utf8")) as object;
  await writeFile(readiness, JSON.stringify({ ...limits, min_soak_seconds: MIN_SOAK_SECONDS }));
  const { digest } = await crew.answerOf("build");
  await crew.answerOf("sign", "--dev-authority");
  return String(digest);
}

/** Writes what the server needs to judge promotions, and starts it. */
export async function openWorld(crew: Crew, folder: string, digest: string): Promise<World> {
  const at = (path: string): string => join(folder, path);
  await mkdir(at("promotion"));
  await crew.answerOf("generate-key-pair", "--output-key-prefix", "promotion/issuer");
  const jwks = await crew.policyPack(["token", "--key", "promotion/issuer.key", "--jwks"]);
  const attestations = [{ predicateType: "https://in-toto.io/attestation/test-result/v0.1" }];
  const files = {
    "jwks.json": JSON.parse(jwks.stdout) as unknown,
    "policy.json": { packId: "policy-pack-v0", minimumRevision: 1, signers: [SIGNER] },
    "readiness.json": { signers: [SIGNER], attestations },
    "promotion.json": {
      environment: ENVIRONMENT,
      packId: "policy-pack-v0",
      trustedRoot: `../${AUTHORITY}/trusted_root.json`,
      verificationPolicy: "policy.json",
      readinessPolicy: "readiness.json",
      services: [SERVICE],
      store: "evidence.sqlite",
      tokens: { audience: AUDIENCE, issuers: [{ issuer: ISSUER, jwks: "jwks.json", grants: grants() }] },
    },
  };
  for (const [name, content] of Object.entries(files))
    await writeFile(at(`promotion/${name}`), JSON.stringify(content));
  const url = await crew.serve("--promotion", at("promotion/promotion.json"));
  const tokens = new Map<Person, string>();
  const token = async (person: Person): Promise<string> => {
    const known = tokens.get(person);
    if (known !== undefined) return known;
    const about = ["--issuer", ISSUER, "--subject", person, "--audience", AUDIENCE, "--ttl", "5m"];
    const { exitCode, stdout, stderr } = await crew.policyPack(["token", "--key", "promotion/issuer.key", ...about]);
    if (exitCode !== 0) throw new Error(`policy-pack token: ${stderr}`);
    tokens.set(person, stdout.trim());
    return stdout.trim();
  };
  return { crew, at, url, digest, token };
}

function grants(): readonly object[] {
  return Object.entries(PEOPLE).map(([sub, scopes]) => ({ claims: { sub }, scopes, services: [SERVICE] }));
}

import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { startHttpServer } from "@policy-pack/testkit";
import type { TestHttpServer } from "@policy-pack/testkit";

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const ROLES = ["root", "timestamp", "snapshot", "targets"] as const;
export type Role = (typeof ROLES)[number];

const FAR = "2125-01-01T00:00:00Z";
export const PAST = "2020-01-01T00:00:00Z";

/** What a repository says, part by part, so that a test can make any part of it wrong. */
export interface RepositoryOptions {
  readonly version?: number;
  /** Roots after the first one. */
  readonly newerRoots?: number;
  readonly expires?: Partial<Record<Role, string>>;
  /** Roles that another key signs than the root names. */
  readonly forged?: readonly Role[];
  /** What the server sends in the target's place. */
  readonly sent?: Uint8Array;
}

export interface TufRepository extends TestHttpServer {
  /** The first root: what a client begins with. */
  readonly root: Uint8Array;
  /** What is served from now on. */
  serve(target: Uint8Array, options?: RepositoryOptions): void;
  /** Answers one path with a status and headers of its own. */
  answer(path: string, status: number, headers?: Record<string, string>, body?: Uint8Array): void;
}

/** Keys in sorted order, no spaces: what TUF signs (OLPC canonical JSON, for text without control characters). */
function canonical(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(",")}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

interface TufKey {
  readonly id: string;
  readonly json: Json;
  readonly privateKey: KeyObject;
}

function createKey(): TufKey {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex");
  const json = { keytype: "ed25519", scheme: "ed25519", keyval: { public: raw } };
  return { id: createHash("sha256").update(canonical(json)).digest("hex"), json, privateKey };
}

function signed(body: Json, { id, privateKey }: TufKey): Uint8Array {
  const sig = sign(null, Buffer.from(canonical(body)), privateKey).toString("hex");
  return Buffer.from(JSON.stringify({ signed: body, signatures: [{ keyid: id, sig }] }));
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A TUF repository with one key a role on a loopback port; it serves nothing until told what. */
export async function createTufRepository(): Promise<TufRepository> {
  const keys = Object.fromEntries(ROLES.map((role) => [role, createKey()])) as Record<Role, TufKey>;
  const stranger = createKey();
  const files = new Map<string, { status: number; headers: Record<string, string>; body: Uint8Array }>();
  const put = (path: string, body: Uint8Array): void => void files.set(path, { status: 200, headers: {}, body });

  const rootOf = (version: number, { expires = {}, forged = [] }: RepositoryOptions): Uint8Array => {
    const body: Json = {
      _type: "root",
      spec_version: "1.0.31",
      version,
      expires: expires.root ?? FAR,
      consistent_snapshot: true,
      keys: Object.fromEntries(ROLES.map((role) => [keys[role].id, keys[role].json])),
      roles: Object.fromEntries(ROLES.map((role) => [role, { keyids: [keys[role].id], threshold: 1 }])),
    };
    return signed(body, forged.includes("root") ? { ...stranger, id: keys.root.id } : keys.root);
  };
  const roleOf = (role: Role, members: Record<string, Json>, options: RepositoryOptions): Uint8Array => {
    const { version = 1, expires = {}, forged = [] } = options;
    const body = { _type: role, spec_version: "1.0.31", version, expires: expires[role] ?? FAR, ...members };
    return signed(body, forged.includes(role) ? { ...stranger, id: keys[role].id } : keys[role]);
  };
  const server = await startHttpServer((request, response) => {
    const found = files.get(request.url ?? "");
    response.writeHead(found?.status ?? 404, found?.headers).end(found?.body);
  });
  return {
    ...server,
    root: rootOf(1, {}),
    serve: (target, options = {}) => {
      const { version = 1, newerRoots = 0, sent = target } = options;
      files.clear();
      for (let root = 2; root < 2 + newerRoots; root += 1) put(`/${root}.root.json`, rootOf(root, options));
      const hash = sha256(target);
      const named = { "trusted_root.json": { length: target.byteLength, hashes: { sha256: hash } } };
      put(`/${version}.targets.json`, roleOf("targets", { targets: named }, options));
      put(`/${version}.snapshot.json`, roleOf("snapshot", { meta: { "targets.json": { version } } }, options));
      put("/timestamp.json", roleOf("timestamp", { meta: { "snapshot.json": { version } } }, options));
      put(`/targets/${hash}.trusted_root.json`, sent);
    },
    answer: (path, status, headers = {}, body = new Uint8Array()) => void files.set(path, { status, headers, body }),
  };
}

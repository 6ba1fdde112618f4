import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DevAuthority, SigningOptions } from "@policy-pack/dev-authority";

export interface TestSigningOptions {
  /** E-mail address or http(s) URI; default the authority's. */
  readonly identity?: string;
  readonly issuer?: string;
  readonly rekorVersion?: 1 | 2;
  /** How many timestamps; default 1. */
  readonly timestamps?: number;
  /** Whether there is a log entry; default true. */
  readonly withLog?: boolean;
}

/** A development authority of one test's own. */
export interface TestAuthority {
  readonly authority: DevAuthority;
  readonly trustedRoot: string;
  readonly identity: string;
  readonly issuer: string;
  /** A verification policy that wants the authority's one identity. */
  readonly policy: {
    readonly signers: readonly [{ readonly certificateIdentity: string; readonly certificateOidcIssuer: string }];
  };
  /** The JSON text of a bundle over the bytes. */
  sign(bytes: Uint8Array, options?: TestSigningOptions): Promise<string>;
  /** The JSON text of a DSSE bundle; the statement is an object, or the exact bytes of its JSON. */
  signStatement(statement: object, options?: TestSigningOptions): Promise<string>;
  /** Removes the authority's folder. */
  close(): Promise<void>;
}

/** Makes an authority in a temporary folder; `now` is the clock of all that it signs, its own birth included. */
export async function createTestAuthority(options: { readonly now?: () => Date } = {}): Promise<TestAuthority> {
  // Loaded here: most tests take only small things from this package, and these two bring Sigstore's clients along.
  const { openDevAuthority } = await import("@policy-pack/dev-authority");
  const { signBlob, signStatement } = await import("@policy-pack/sign");
  const folder = await mkdtemp(join(tmpdir(), "policy-pack-authority-"));
  const authority = await openDevAuthority(join(folder, "dev-authority"), options);
  const { identity, issuer } = authority;
  return {
    authority,
    trustedRoot: authority.trustedRoot(),
    identity,
    issuer,
    policy: { signers: [{ certificateIdentity: identity, certificateOidcIssuer: issuer }] },
    sign: (bytes, how) => signBlob(bytes, authority.signing(toSigningOptions(how))),
    signStatement: (statement, how) => signStatement(bytesOf(statement), authority.signing(toSigningOptions(how))),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

function toSigningOptions({ withLog, ...options }: TestSigningOptions = {}): SigningOptions {
  return withLog === undefined ? options : { ...options, log: withLog };
}

function bytesOf(statement: object): Uint8Array {
  return ArrayBuffer.isView(statement)
    ? Buffer.from(statement.buffer, statement.byteOffset, statement.byteLength)
    : Buffer.from(JSON.stringify(statement));
}

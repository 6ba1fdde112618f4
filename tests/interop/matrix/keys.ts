import { createPublicKey, generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { writeFile } from "node:fs/promises";
import type { Bench } from "./bench.ts";
import type { Maker, Signer } from "./cells.ts";

type KeySigner = Exclude<Signer, "keyless" | "encrypted P-256">;

const KINDS: readonly KeySigner[] = ["P-256", "RSA-2048", "P-384", "P-521", "Ed25519"];
const PEM = { format: "pem", type: "pkcs8" } as const;

/** A key's files, as the one who signs and the one who verifies name them. */
export interface KeyFiles {
  readonly private: string;
  readonly public: string;
  /** The public key of the same kind of someone who signs nothing here. */
  readonly stranger: string;
}

/**
 * Makes all keys of the matrix: in plain PEM, which policy-pack signs with and cosign imports; and one pair by each side's
 * own `generate-key-pair`, for the other side to sign with.
 */
export async function createKeys({ at, ours, cosign }: Bench): Promise<void> {
  const works = async (outcome: Promise<{ readonly succeeded: boolean; readonly said: string }>): Promise<void> => {
    const { succeeded, said } = await outcome;
    if (!succeeded) throw new Error(said);
  };
  const imports = KINDS.map(async (kind) => {
    const privateKey = createPem(kind);
    await writeFile(at(`${kind}.pem`), privateKey);
    await writeFile(at(`${kind}.pub`), publicPem(privateKey));
    await writeFile(at(`stranger-${kind}.pub`), publicPem(createPem(kind)));
    await works(cosign("import-key-pair", "--key", `${kind}.pem`, "--output-key-prefix", `imported-${kind}`));
  });
  await Promise.all([
    ...imports,
    works(cosign("generate-key-pair", "--output-key-prefix", "by-cosign")),
    works(ours("generate-key-pair", "--output-key-prefix", "by-policy-pack")),
  ]);
}

/** With which key the maker signs, and by which public key the other side verifies. */
export function keyFiles(signer: Exclude<Signer, "keyless">, maker: Maker): KeyFiles {
  if (signer === "encrypted P-256") {
    const name = maker === "cosign" ? "by-policy-pack" : "by-cosign";
    return { private: `${name}.key`, public: `${name}.pub`, stranger: "P-256.pub" };
  }
  return {
    private: maker === "cosign" ? `imported-${signer}.key` : `${signer}.pem`,
    public: `${signer}.pub`,
    stranger: `stranger-${signer}.pub`,
  };
}

function createPem(kind: KeySigner): string {
  return createPrivateKey(kind).export(PEM).toString();
}

function createPrivateKey(kind: KeySigner): KeyObject {
  if (kind === "RSA-2048") return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  if (kind === "Ed25519") return generateKeyPairSync("ed25519").privateKey;
  return generateKeyPairSync("ec", { namedCurve: kind }).privateKey;
}

function publicPem(privateKey: string): string {
  return createPublicKey(privateKey).export({ format: "pem", type: "spki" }).toString();
}

/** The forms of keys that policy-pack opens and cosign does not. */
export async function createForeignKeys({ at }: Bench): Promise<void> {
  const [ec, rsa] = [createPrivateKey("P-256"), createPrivateKey("RSA-2048")];
  const odd = generateKeyPairSync("rsa", { modulusLength: 2560 }).privateKey;
  const encryption = { cipher: "aes-256-cbc", passphrase: "the password" };
  await writeFile(at("sec1.pem"), ec.export({ format: "pem", type: "sec1" }));
  await writeFile(at("pkcs1.pem"), rsa.export({ format: "pem", type: "pkcs1" }));
  await writeFile(at("encrypted.pem"), ec.export({ ...PEM, ...encryption }));
  await writeFile(at("rsa-2560.pem"), odd.export(PEM));
}

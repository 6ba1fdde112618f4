/** `main.ts DIR NAME IDENTITY ISSUER`: writes what says how to verify a release folder. Called by release_folder.sh. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import process from "node:process";
import { parseManifest } from "@policy-pack/pack";
import { toPolicy } from "./policy.ts";
import { toReadme } from "./readme.ts";

const [dir = "", name = "", identity = "", issuer = ""] = process.argv.slice(2);
const manifest = parseManifest(await readFile(join(dir, "manifest.json")));
const statements = (await readFile(join(dir, `${name}.attestations.jsonl`), "utf8")).trimEnd().split("\n");
const release = { name, manifest, identity, issuer, statements, env: process.env };

await writeFile(join(dir, "verification-policy.json"), `${JSON.stringify(toPolicy(release), null, 2)}\n`);
await writeFile(join(dir, "README.md"), toReadme(release));

const lines: string[] = [];
for (const file of (await readdir(dir)).filter((entry) => entry !== "SHA256SUMS").sort()) {
  lines.push(
    `${createHash("sha256")
      .update(await readFile(join(dir, file)))
      .digest("hex")}  ${file}\n`,
  );
}
await writeFile(join(dir, "SHA256SUMS"), lines.join(""));

/**
 * `node scripts/bytes/main.ts [PACK_DIR] [PACK_TAR]`: whether this platform gives the bytes that every other one gives.
 * Encodes the samples and compares with expected.json; reads PACK_DIR and compares each file with its manifest; and, with
 * a PACK_TAR that was built elsewhere, packs PACK_DIR anew with that tar's module and compares both artifacts' digests.
 * Needs no OPA, no shell and nothing but the compiled `pack` and `build` workspaces, so that it runs where Node does.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseManifest } from "@policy-pack/pack";
import { readSource } from "@policy-pack/build";
import { differences, fileDigests, packAgain, sampleDigests } from "./digests.ts";
import type { Digests } from "./digests.ts";

const [dir = join("contracts", "policy-pack", "v0"), tarFile] = process.argv.slice(2);
const expected = JSON.parse(await readFile(new URL("expected.json", import.meta.url), "utf8")) as Digests;
const manifest = parseManifest(await readFile(join(dir, "manifest.json")));
const source = await readSource(dir);

const samples = await sampleDigests();
const found = tarFile === undefined ? {} : await packAgain(source, await readFile(tarFile));
const [tar, bundle] = manifest.artifacts;
const stated = tarFile === undefined ? {} : { "pack tar": tar?.digest ?? "", "pack bundle": bundle?.digest ?? "" };
const faults = [
  ...differences(samples, expected),
  ...differences(...fileDigests(source, manifest.files)),
  ...differences(found, stated),
];

console.log(`Node ${process.versions.node} on ${process.platform} ${process.arch}`);
for (const [name, digest] of Object.entries({ ...samples, ...found })) console.log(`${digest}  ${name}`);
for (const fault of faults) console.error(`not the bytes that are expected: ${fault}`);
console.log(faults.length === 0 ? "the same bytes as everywhere" : "other bytes than elsewhere");
process.exitCode = faults.length === 0 ? 0 : 1;

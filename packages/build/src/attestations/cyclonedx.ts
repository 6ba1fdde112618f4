import { canonicalJson, digestOf, hexOf } from "@policy-pack/pack";
import type { Digest, JsonObject, PackFile } from "@policy-pack/pack";
import type { InstalledPackage } from "./installed-packages.ts";
import { opaPurl, packPurl } from "./materials.ts";

export interface BillOfMaterials {
  readonly packId: string;
  readonly revision: string;
  /** The tar's. */
  readonly digest: Digest;
  /** Every file of the tar. */
  readonly files: readonly PackFile[];
  /** The version that compiled the pack, as its signed `opa/.manifest` states it. */
  readonly opaVersion: string;
  /** policy-pack itself first, then what it needs. */
  readonly toolkit: readonly InstalledPackage[];
  /** Left out unless given: the same pack then has the same bill. */
  readonly timestamp?: Date;
}

const PACK_REF = "pack";
const OPA_REF = "opa";

/**
 * The bill of materials of a pack: its files with their hashes, the OPA that compiled it, policy-pack and what policy-pack
 * needs. Nothing in it is random: the serial number is derived from the rest.
 * Source: CycloneDX 1.6, `bom-1.6.schema.json`; RFC 9562, section 5.8 (UUIDv8).
 */
export function toBillOfMaterials(bill: BillOfMaterials): JsonObject {
  const body = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: metadata(bill),
    components: [...bill.files.map(fileComponent), opaComponent(bill.opaVersion), ...bill.toolkit.map(npmComponent)],
    dependencies: dependencies(bill),
  };
  return { ...body, serialNumber: `urn:uuid:${uuidOf(body)}` };
}

function metadata({ packId, revision, digest, toolkit, timestamp }: BillOfMaterials): JsonObject {
  const [own] = toolkit;
  const tool = own === undefined ? [] : [{ type: "application", name: "policy-pack", version: own.version }];
  return {
    ...(timestamp === undefined ? {} : { timestamp: timestamp.toISOString() }),
    tools: { components: tool },
    component: {
      type: "data",
      "bom-ref": PACK_REF,
      name: packId,
      version: revision,
      purl: packPurl(packId, revision),
      hashes: [{ alg: "SHA-256", content: hexOf(digest) }],
    },
  };
}

function fileComponent({ path, digest, size }: PackFile): JsonObject {
  return {
    type: "file",
    "bom-ref": `file:${path}`,
    name: path,
    hashes: [{ alg: "SHA-256", content: hexOf(digest) }],
    properties: [{ name: "policy-pack:size", value: String(size) }],
  };
}

/** Which build of that version ran is not in the pack: the provenance has its digest. */
function opaComponent(version: string): JsonObject {
  return {
    type: "application",
    "bom-ref": OPA_REF,
    name: "opa",
    version,
    purl: opaPurl(version),
    licenses: [{ expression: "Apache-2.0" }],
    scope: "excluded",
  };
}

function npmComponent({ id, name, version, license, sha512 }: InstalledPackage): JsonObject {
  const [, scope, bare = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
  return {
    type: "library",
    "bom-ref": `npm:${id}`,
    ...(scope === undefined ? {} : { group: scope }),
    name: bare,
    version,
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    ...(license === undefined ? {} : { licenses: [{ expression: license }] }),
    ...(sha512 === undefined ? {} : { hashes: [{ alg: "SHA-512", content: sha512 }] }),
    scope: "excluded",
  };
}

/** The pack consists of its files; OPA and policy-pack made it. */
function dependencies({ files, toolkit }: BillOfMaterials): readonly JsonObject[] {
  const [own] = toolkit;
  const made = [...files.map(({ path }) => `file:${path}`), OPA_REF, ...(own === undefined ? [] : [`npm:${own.id}`])];
  return [
    { ref: PACK_REF, dependsOn: made },
    ...toolkit.map(({ id, dependsOn }) => ({ ref: `npm:${id}`, dependsOn: dependsOn.map((it) => `npm:${it}`) })),
  ];
}

function uuidOf(body: JsonObject): string {
  const bytes = Buffer.from(hexOf(digestOf(Buffer.from(canonicalJson(body)))).slice(0, 32), "hex");
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

import { ConfigError, FormatError, isJsonObject, LIMITS, parseJson } from "@policy-pack/pack";
import type { JsonObject, JsonValue } from "@policy-pack/pack";
import { Argument } from "commander";
import type { Command } from "commander";
import { CLI_LIMITS } from "../limits.ts";
import { readInputFile, readStdin } from "../read.ts";
import { formatTable } from "../report.ts";
import type { Report } from "../report.ts";
import { printable } from "../terminal.ts";
import type { Terminal } from "../terminal.ts";
import { createGroup, createVerb, listFlag, valueFlag } from "../verb.ts";
import type { CommonFlags, VerbContext } from "../verb.ts";
import { printWarnings } from "../warnings.ts";

interface PushFlags extends CommonFlags {
  readonly server?: string;
  readonly tokenFile?: string;
  readonly attestation?: readonly string[];
}

/** `policy-pack evidence`: what is known of a release, for the server that judges it. */
export function addEvidence(context: VerbContext): Command {
  return createGroup(
    {
      name: "evidence",
      summary: "bring evidence of a release to the server that judges it",
      description: "Brings evidence of a release to a server with a promotion configuration.",
      examples: ["policy-pack evidence push evidence.json --server https://policy.example"],
    },
    context.version,
    [addPush(context)],
  );
}

function addPush({ terminal, version, answer }: VerbContext): Command {
  return createVerb(
    {
      name: "push",
      summary: "send a measurement and links to attestations",
      description:
        "Sends one JSON document of evidence. Sending the same again changes nothing, so a step may be repeated. The " +
        "bearer token comes from POLICY_PACK_TOKEN or --token-file, never from an argument, and goes to this server " +
        "alone. Attestations are put among its links as they are; the server verifies them when it judges.",
      examples: [
        "policy-pack evidence push evidence.json --server https://policy.example",
        "policy-pack evidence push evidence.json --attestation provenance.sigstore.json --server https://policy.example",
        "measure | policy-pack evidence push - --server http://127.0.0.1:8080 --token-file token",
      ],
    },
    version,
  )
    .addArgument(new Argument("<file>", "the evidence as JSON, - for stdin"))
    .addOption(valueFlag("--server <url>", "the server's address (default: POLICY_PACK_SERVER)"))
    .addOption(valueFlag("--token-file <file>", "a file that holds the bearer token (default: POLICY_PACK_TOKEN)"))
    .addOption(listFlag("--attestation <file>", "a Sigstore bundle to add to the links; may be given again"))
    .action((file: string, flags: PushFlags) => answer(flags, push(terminal, file, flags)));
}

async function push(terminal: Terminal, file: string, flags: PushFlags): Promise<Report> {
  const { readBearerToken } = await import("../readiness/bearer-token.ts");
  const { readServerAddress } = await import("../evidence/server-address.ts");
  const { sendEvidence } = await import("../evidence/send-evidence.ts");
  const { url: server, warnings } = readServerAddress(serverOf(terminal, flags));
  const token = await readBearerToken(terminal, flags.tokenFile);
  const evidence = await readEvidence(terminal, file);
  const links = await readLinks(terminal, flags.attestation ?? []);
  printWarnings(terminal, warnings);
  const body = JSON.stringify(links.length === 0 ? evidence : withLinks(evidence, links));
  const json = await sendEvidence({ server, token, body });
  const rows = ["id", "service", "releaseId", "environment", "measuredAt"].map((name) => [name, textOf(json[name])]);
  return { json, text: formatTable([...rows, ["kept", json["created"] === true ? "now" : "before"]]) };
}

function serverOf(terminal: Terminal, { server }: PushFlags): string {
  const address = server ?? terminal.env["POLICY_PACK_SERVER"];
  if (address !== undefined) return address;
  throw new ConfigError("CONFIG_INVALID", "Name the server with --server URL, or set POLICY_PACK_SERVER.");
}

function textOf(value: JsonValue | undefined): string {
  return printable(typeof value === "string" ? value : "");
}

async function readEvidence(terminal: Terminal, file: string): Promise<JsonObject> {
  const what = "The evidence";
  const maxBytes = CLI_LIMITS.maxEvidenceBytes;
  const bytes =
    file === "-" ? await readStdin(terminal, what, maxBytes) : await readInputFile(terminal, file, { what, maxBytes });
  const json = parseJson(bytes, { maxBytes, code: "EVIDENCE_INVALID", what });
  if (isJsonObject(json)) return json;
  throw new FormatError("EVIDENCE_INVALID", `${what} must be a JSON object.`);
}

function withLinks(evidence: JsonObject, links: readonly JsonObject[]): JsonObject {
  const own = evidence["links"] ?? [];
  if (!Array.isArray(own)) throw new FormatError("EVIDENCE_INVALID", "links must be a list.");
  return { ...evidence, links: [...(own as readonly JsonValue[]), ...links] };
}

async function readLinks(terminal: Terminal, files: readonly string[]): Promise<readonly JsonObject[]> {
  const { toLink } = await import("../evidence/attestation-link.ts");
  const links: JsonObject[] = [];
  for (const file of files) {
    const options = { what: "The attestation", maxBytes: LIMITS.maxBundleBytes };
    links.push(toLink(await readInputFile(terminal, file, options), file));
  }
  return links;
}

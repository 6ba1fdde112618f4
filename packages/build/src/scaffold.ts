import { packLocation } from "@policy-pack/pack";
import type { SourceFile } from "@policy-pack/pack";

/** Words that Rego does not take as a package's name. */
const RESERVED = new Set(
  "as contains data default else every false if import in input not null package some true with".split(" "),
);

/**
 * The files of a new pack: one package that lets roles do actions, with its tests (all lines covered), the schema of
 * its input and the roles as data.
 * @throws FormatError INPUT_INVALID for a packId that is none
 */
export function toScaffold(packId: string): readonly SourceFile[] {
  const name = toPackageName(packLocation(packId).name);
  const files: Readonly<Record<string, string>> = {
    [`opa/${name}/authz/authz.rego`]: policy(name),
    [`opa/${name}/authz/authz_test.rego`]: tests(name),
    [`opa/schemas/${name}/authz/input.json`]: json(SCHEMA),
    [`data/config/${name}/data.json`]: json(DATA),
    "README.md": readme(packId, name),
    "signing/README.md": SIGNING,
    "manifest.json": json({ manifest: { revision: 1, previousDigest: null, lifecycle: "draft", emergencyFlags: [] } }),
  };
  return Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
}

/** A question that the pack of `toScaffold` answers with true; the input is JSON text. */
export function scaffoldQuestion(packId: string): { readonly entrypoint: string; readonly input: string } {
  const entrypoint = `${toPackageName(packLocation(packId).name)}/authz/allow`;
  return { entrypoint, input: JSON.stringify({ subject: { roles: ["reader"] }, action: "read" }) };
}

/** A Rego identifier for a pack's name: `my-pack` is `my_pack`. */
function toPackageName(name: string): string {
  const identifier = name.replaceAll("-", "_");
  return /^[0-9]/.test(identifier) || RESERVED.has(identifier) ? `pack_${identifier}` : identifier;
}

const DATA = { roles: { editor: ["read", "write"], reader: ["read"] } };

const SCHEMA = {
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  additionalProperties: false,
  required: ["subject", "action"],
  properties: {
    subject: {
      type: "object",
      additionalProperties: false,
      required: ["roles"],
      properties: { roles: { type: "array", items: { type: "string" } } },
    },
    action: { type: "string" },
  },
};

const policy = (name: string): string => `# METADATA
# scope: package
# title: Who may do what
# schemas:
#   - input: schema.${name}.authz.input
package ${name}.authz

default allow := false

# METADATA
# scope: document
# title: The action is allowed
# description: True only when a role of the subject may do the action. Anything missing is false.
# entrypoint: true
allow if {
	some role in input.subject.roles
	input.action in data.config.${name}.roles[role]
}

# METADATA
# scope: document
# title: Why the action is not allowed
# entrypoint: true
reasons contains "no role of the subject may do this" if not allow
`;

const tests = (name: string): string => `package ${name}.authz_test

import data.${name}.authz

roles := {"editor": ["read", "write"], "reader": ["read"]}

test_role_with_the_action_is_allowed if {
	request := {"subject": {"roles": ["reader", "editor"]}, "action": "write"}
	authz.allow with input as request with data.config.${name}.roles as roles
	authz.reasons == set() with input as request with data.config.${name}.roles as roles
}

test_role_without_the_action_is_denied if {
	request := {"subject": {"roles": ["reader"]}, "action": "write"}
	not authz.allow with input as request with data.config.${name}.roles as roles
	count(authz.reasons) == 1 with input as request with data.config.${name}.roles as roles
}

test_empty_input_is_denied if {
	not authz.allow with input as {}
}
`;

const readme = (packId: string, name: string): string => `# ${packId}

| entrypoint | input | decision |
|---|---|---|
| \`${name}/authz/allow\` | \`{subject: {roles}, action}\` | \`true\` when a role of the subject may do the action |
| \`${name}/authz/reasons\` | the same | why it may not: a list, empty when allowed |

Which role may do what stands in \`data/config/${name}/data.json\`. The shape of the input stands in
\`opa/schemas/${name}/authz/input.json\`.
`;

const SIGNING = `# Who signs this pack

Write here which identity and issuer, or which key, signs this pack, and how to check it. This is information for people.
What a service trusts is set in the service itself, never read from the pack.
`;

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

import { WIDENING } from "../substitution/substitutes.ts";
import type { BuiltinFamily } from "./builtin.ts";

interface Family {
  readonly names: readonly string[];
  /** Families come with libraries of their own, which most policies never need. */
  readonly load: () => Promise<BuiltinFamily>;
}

const FAMILIES: readonly Family[] = [
  {
    names: ["providers.aws.sign_req"],
    load: async () => (await import("./aws/index.ts")).AWS_BUILTINS,
  },
  {
    names: ["cast_array", "cast_boolean", "cast_null", "cast_object", "cast_set", "cast_string"],
    load: async () => (await import("./casts/index.ts")).CAST_BUILTINS,
  },
  {
    names: [
      "crypto.hmac.equal",
      "crypto.hmac.md5",
      "crypto.hmac.sha1",
      "crypto.hmac.sha256",
      "crypto.hmac.sha512",
      "crypto.md5",
      "crypto.sha1",
      "crypto.sha256",
    ],
    load: async () => (await import("./crypto/index.ts")).CRYPTO_BUILTINS,
  },
  {
    names: ["internal.print", "internal.test_case", "rego.metadata.chain", "rego.metadata.rule", "trace"],
    load: async () => (await import("./diagnostics/index.ts")).DIAGNOSTIC_BUILTINS,
  },
  {
    names: ["base64url.encode_no_pad", "hex.decode", "hex.encode"],
    load: async () => (await import("./encoding/index.ts")).ENCODING_BUILTINS,
  },
  {
    names: ["graph.reachable_paths"],
    load: async () => (await import("./graph/index.ts")).GRAPH_BUILTINS,
  },
  {
    names: [
      "graphql.is_valid",
      "graphql.parse",
      "graphql.parse_and_verify",
      "graphql.parse_query",
      "graphql.parse_schema",
      "graphql.schema_is_valid",
    ],
    load: async () => (await import("./graphql/index.ts")).GRAPHQL_BUILTINS,
  },
  {
    names: ["http.send"],
    load: async () => (await import("./http/index.ts")).HTTP_BUILTINS,
  },
  {
    names: ["json.marshal_with_options", "json.patch", "object.subset"],
    load: async () => (await import("./json/index.ts")).JSON_BUILTINS,
  },
  {
    names: [
      "io.jwt.decode",
      "io.jwt.decode_verify",
      "io.jwt.encode_sign",
      "io.jwt.encode_sign_raw",
      "io.jwt.verify_eddsa",
      "io.jwt.verify_es256",
      "io.jwt.verify_es384",
      "io.jwt.verify_es512",
      "io.jwt.verify_hs256",
      "io.jwt.verify_hs384",
      "io.jwt.verify_hs512",
      "io.jwt.verify_ps256",
      "io.jwt.verify_ps384",
      "io.jwt.verify_ps512",
      "io.jwt.verify_rs256",
      "io.jwt.verify_rs384",
      "io.jwt.verify_rs512",
    ],
    load: async () => (await import("./jwt/index.ts")).JWT_BUILTINS,
  },
  {
    names: ["net.lookup_ip_addr"],
    load: async () => (await import("./lookup/index.ts")).LOOKUP_BUILTINS,
  },
  {
    names: ["net.cidr_contains_matches", "net.cidr_expand", "net.cidr_is_valid", "net.cidr_merge"],
    load: async () => (await import("./net/index.ts")).NET_BUILTINS,
  },
  {
    names: ["numbers.range_step", "rand.intn"],
    load: async () => (await import("./numbers/index.ts")).NUMBER_BUILTINS,
  },
  {
    names: [
      "glob.quote_meta",
      "regex.find_n",
      "regex.globs_match",
      "regex.replace",
      "regex.split",
      "regex.template_match",
    ],
    load: async () => (await import("./regex/index.ts")).REGEX_BUILTINS,
  },
  {
    names: ["opa.runtime"],
    load: async () => (await import("./runtime/index.ts")).RUNTIME_BUILTINS,
  },
  {
    names: ["json.match_schema", "json.verify_schema"],
    load: async () => (await import("./schema/index.ts")).SCHEMA_BUILTINS,
  },
  {
    names: ["semver.compare", "semver.is_valid"],
    load: async () => (await import("./semver/index.ts")).SEMVER_BUILTINS,
  },
  {
    names: [
      "indexof_n",
      "sprintf",
      "strings.any_prefix_match",
      "strings.any_suffix_match",
      "strings.count",
      "strings.split_n",
    ],
    load: async () => (await import("./strings/index.ts")).STRING_BUILTINS,
  },
  {
    names: ["strings.render_template"],
    load: async () => (await import("./template/index.ts")).TEMPLATE_BUILTINS,
  },
  {
    names: [
      "time.add_date",
      "time.clock",
      "time.date",
      "time.diff",
      "time.format",
      "time.now_ns",
      "time.parse_duration_ns",
      "time.parse_ns",
      "time.parse_rfc3339_ns",
      "time.weekday",
    ],
    load: async () => (await import("./time/index.ts")).TIME_BUILTINS,
  },
  {
    names: ["units.parse", "units.parse_bytes"],
    load: async () => (await import("./units/index.ts")).UNIT_BUILTINS,
  },
  {
    names: [
      "uri.is_valid",
      "uri.parse",
      "urlquery.decode",
      "urlquery.decode_object",
      "urlquery.encode",
      "urlquery.encode_object",
    ],
    load: async () => (await import("./uri/index.ts")).URI_BUILTINS,
  },
  {
    names: ["uuid.parse", "uuid.rfc4122"],
    load: async () => (await import("./uuid/index.ts")).UUID_BUILTINS,
  },
  {
    names: [
      "crypto.parse_private_keys",
      "crypto.x509.parse_and_verify_certificates",
      "crypto.x509.parse_and_verify_certificates_with_options",
      "crypto.x509.parse_certificate_request",
      "crypto.x509.parse_certificates",
      "crypto.x509.parse_keypair",
      "crypto.x509.parse_rsa_private_key",
    ],
    load: async () => (await import("./x509/index.ts")).X509_BUILTINS,
  },
  {
    names: ["yaml.is_valid", "yaml.marshal", "yaml.unmarshal"],
    load: async () => (await import("./yaml/index.ts")).YAML_BUILTINS,
  },
];

/** The builtins that OPA's modules bring themselves, and answer otherwise than OPA does: `src/substitution`. */
const SUBSTITUTED: readonly Family[] = [
  {
    names: [WIDENING, "abs", "ceil", "div", "floor", "minus", "mul", "plus", "product", "rem", "round", "sum"],
    load: async () => (await import("./natives/arithmetic.ts")).ARITHMETIC_NATIVES,
  },
  {
    names: ["json.filter", "json.remove", "object.union_n"],
    load: async () => (await import("./natives/documents.ts")).DOCUMENT_NATIVES,
  },
  {
    names: ["net.cidr_contains", "net.cidr_intersects"],
    load: async () => (await import("./natives/networks.ts")).NETWORK_NATIVES,
  },
  {
    names: ["regex.find_all_string_submatch_n", "regex.is_valid", "regex.match"],
    load: async () => (await import("./natives/patterns.ts")).PATTERN_NATIVES,
  },
  {
    names: [
      "base64.decode",
      "base64.is_valid",
      "base64url.decode",
      "concat",
      "format_int",
      "indexof",
      "internal.template_string",
      "json.is_valid",
      "json.marshal",
      "json.unmarshal",
      "replace",
      "strings.replace_n",
      "to_number",
    ],
    load: async () => (await import("./natives/texts.ts")).TEXT_NATIVES,
  },
];

const FAMILY_OF: ReadonlyMap<string, Family> = new Map(
  [...FAMILIES, ...SUBSTITUTED].flatMap((family) => family.names.map((name) => [name, family] as const)),
);

/** Every builtin that this host provides; the others that OPA lists are native in the module, or refused at load. */
export const HOST_BUILTINS: readonly string[] = Object.freeze(FAMILIES.flatMap(({ names }) => names).toSorted());

/** The families of the named builtins; a name that no family has is left out. */
export async function loadBuiltins(names: Iterable<string>): Promise<BuiltinFamily> {
  const families = new Set([...names].flatMap((name) => FAMILY_OF.get(name) ?? []));
  const loaded = await Promise.all([...families].map(async (family) => family.load()));
  return Object.assign({}, ...loaded) as BuiltinFamily;
}

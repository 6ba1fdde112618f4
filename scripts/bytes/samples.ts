import type { SourceFile } from "@policy-pack/pack";

const encoder = new TextEncoder();

function file(path: string, text: string): SourceFile {
  return { path, bytes: encoder.encode(text) };
}

/**
 * A source whose names and contents are where platforms differ: order by bytes and not by locale, names past 100 bytes,
 * names outside ASCII, line endings, no final newline, numbers and keys of data, and a module that is no text.
 */
export const SAMPLES: readonly SourceFile[] = Object.freeze([
  file("README.md", "# Sample\r\nwith both\nline endings"),
  file("opa/sample/a.rego", "package sample.a\n\nallow := true\n"),
  file("opa/sample/B.rego", "package sample.b\n\ndefault allow := false\n"),
  file("opa/sample/a-b/c.rego", "package sample.c\r\n"),
  file("opa/sample/a/c_test.rego", "package sample.a_test\n\ntest_a if true\n"),
  file(`opa/${"deep/".repeat(18)}at-the-end-of-a-long-way.rego`, "package deep\n"),
  file("opa/schemas/sample/a/input.json", '{"type": "object"}\n'),
  file("data/sample/z\u00e4hler/data.json", '{"\u00e4": 1, "b": [1e21, 0.1, -0], "a": null, "\u{1f511}": "\\u2028"}'),
  file("data/data.json", '{"10": "ten", "9": "nine"}\n'),
  file("signing/README.md", ""),
  { path: "opa/policy.wasm", bytes: Uint8Array.from({ length: 70_000 }, (_, index) => (index * 131) % 251) },
]);

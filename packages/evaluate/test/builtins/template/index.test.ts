import { describe, expect, it } from "@jest/globals";

import { BuiltinError } from "../../../src/builtins/builtin.ts";
import type { BuiltinContext } from "../../../src/builtins/builtin.ts";
import { TEMPLATE_BUILTINS } from "../../../src/builtins/template/index.ts";
import { parseValueText } from "../../../src/values/value-text.ts";
import type { RegoValue } from "../../../src/values/values.ts";

const DATA = '{"a":1,"s":"hé","l":[1,"x",null,[2.50]],"m":{"b":true,"a":{"k":"v"},"n":null},"t":true,"e":""}';

function render(template: RegoValue, variables: RegoValue = parseValueText(DATA)): RegoValue {
  const builtin = TEMPLATE_BUILTINS["strings.render_template"];
  if (builtin === undefined) throw new Error("no builtin");
  return builtin([template, variables], {} as BuiltinContext);
}

describe("strings.render_template", () => {
  it.each([
    ["plain { text }", "plain { text }"],
    ["{{.s}} {{.a}} {{.l}} {{.m}}", "hé 1 [1 x <nil> [2.50]] map[a:map[k:v] b:true n:<nil>]"],
    ["{{.zz}} {{.zz.q}} {{.m.n}}", "<undefined> <undefined> <undefined>"],
    ["a {{- /* gone */ -}} b {{- .a -}}  c", "ab1c"],
    ["{{if .e}}1{{else if .t}}2{{else}}3{{end}}", "2"],
    ["{{with .zz}}1{{else with .m}}{{.b}}{{end}}", "true"],
    ["{{range $i, $x := .l}}{{$i}}={{$x}};{{else}}none{{end}}", "0=1;1=x;2=<undefined>;3=[2.50];"],
    ["{{range $k, $v := .m}}{{$k}}{{end}}", "abn"],
    ["{{range .l}}{{if eq (printf `%v` .) `x`}}{{break}}{{end}}{{.}}{{end}}", "1"],
    ["{{range 4}}{{if not .}}{{continue}}{{end}}{{.}}{{end}}", "123"],
    ["{{range .zz}}1{{else}}none{{end}}", "none"],
    ["{{$x := 1}}{{if .t}}{{$x = 2}}{{$y := 3}}{{end}}{{$x}}", "2"],
    ['{{define "T"}}[{{.}}]{{end}}{{template "T" .a}}{{template "T"}}', "[1][<undefined>]"],
    ['{{block "B" .s}}<{{.}}>{{end}}', "<hé>"],
    ['{{define "template"}}main{{end}} ', "main"],
    ["{{len .s}} {{len .l}} {{len .m}} {{len .a}}", "3 4 3 1"],
    ["{{index .l 3 0}} {{index .m `a` `k`}} {{index .s 1}}", "2.50 v 195"],
    ["{{slice .l 1 2}} {{slice `abc` 1}} {{len (slice .l 0 2 3)}}", "[x] bc 2"],
    ["{{eq .a `2` `1`}} {{ne 1 2}} {{lt 1.5 2.5}} {{ge `b` `a`}} {{eq .zz nil}}", "true true true true true"],
    ["{{and .t 0 1}} {{or .e `x` (len nil)}}", "0 x"],
    ["{{.a | printf `%v %d %T %#v` 1}}", "1 %!d(json.Number=1) %!T(MISSING) %!v(MISSING)"],
    ["{{printf `%T %T %T %T %q` .l .m 1 1.5 .s}}", '[]interface {} map[string]interface {} int float64 "hé"'],
    ["{{printf `%#v` .l}}", '[]interface {}{"1", "x", interface {}(nil), []interface {}{"2.50"}}'],
    ["{{print 1 2 `a` 3 nil}} {{println 1 `a`}}", "1 2a3 <nil> 1 a\n"],
    [
      "{{html `<a&'\"`}} {{js `<'é\\`}} {{urlquery `a b&é~*`}}",
      "&lt;a&amp;&#39;&#34; \\u003C\\'é\\\\ a+b%26%C3%A9~%2A",
    ],
    ["{{'a'}} {{0x1F}} {{0b11}} {{017}} {{1_000}} {{1e3}} {{0x1p4}} {{-0}}", "97 31 3 15 1000 1000 16 0"],
    ['{{"\\u00e9\\x41\\101\\n"}}{{`a\\n`}}', "éAA\na\\n"],
    ["{{if 0.0}}1{{end}}{{if .m.n}}2{{end}}{{if `0`}}3{{end}}", "3"],
  ])("renders %s", (template, text) => {
    expect(render(template)).toBe(text);
  });

  it.each([
    "{{",
    "{{.a",
    "{{end}}",
    "{{if .a}}",
    "{{if}}1{{end}}",
    "{{else}}",
    "{{nope}}",
    "{{$x}}",
    "{{break}}",
    "{{/* open",
    "{{/* c */ x}}",
    "{{(1}}",
    "{{1)}}",
    "{{.a.}}",
    "{{'ab'}}",
    '{{"\\q"}}',
    '{{"open}}',
    "{{08}}",
    "{{1x}}",
    "{{.a | 1}}",
    "{{nil}}",
    "{{1 2}}",
    "{{.a.b}}",
    "{{.m.n.q}}",
    "{{.a 1}}",
    "{{index .l 4}}",
    "{{index .l `0`}}",
    "{{index .m 1}}",
    "{{slice .l 2 1}}",
    "{{slice .l 0 5}}",
    "{{len 1}}",
    "{{eq .a 1}}",
    "{{eq .l .l}}",
    "{{lt true false}}",
    "{{eq 1 .l}}",
    "{{not}}",
    "{{not 1 2}}",
    "{{printf 1}}",
    "{{printf .a}}",
    "{{call .a}}",
    "{{range .s}}{{end}}",
    "{{range $i, $x := 3}}{{end}}",
    '{{template "nope"}}',
    '{{define "T"}}1{{end}}{{define "T"}}2{{end}}',
    "{{range .l}}{{define `T`}}{{end}}{{end}}",
    "{{9223372036854775808}}",
    "{{18446744073709551616}}",
    "{{1e400}}",
  ])("throws BuiltinError for %s", (template) => {
    expect(() => render(template)).toThrow(BuiltinError);
  });

  it.each([
    ["a set", '{"a":{1}}'],
    ["a key that is no string", '{"a":{1:2}}'],
    ["a character that Go quotes otherwise than JSON", '{"a":"\\u0001"}'],
    ["no object", "[]"],
  ])("throws BuiltinError for variables with %s", (_what, variables) => {
    expect(() => render("x", parseValueText(variables))).toThrow(BuiltinError);
  });

  it.each([
    ["calls without end", '{{define "T"}}{{template "T"}}{{end}}{{template "T"}}'],
    ["steps without end", "{{range 1000000}}{{range 1000000}}{{end}}{{end}}"],
    ["an output without end", "{{range 1000}}{{printf `%100000d` 1}}{{end}}"],
    ["a wide list", "{{printf `%1000000v` (slice .l 0 3)}}".repeat(20)],
    ["levels without end", "{{if 1}}".repeat(300) + "{{end}}".repeat(300)],
    ["parentheses without end", `{{${"(".repeat(300)}1${")".repeat(300)}}}`],
    ["half a character", "{{slice `é` 0 1}}"],
    ["bytes that are no text", '{{"\\xff"}}'],
    ["imaginary numbers", "{{1i}}"],
    ["a text that is doubled each time", `{{$x := "<<<<"}}${"{{$x = print $x $x}}".repeat(40)}{{len $x}}`],
    ["a long text that is read each time", `{{$x := printf "%999999s" ""}}{{range 1000}}{{$y := len $x}}{{end}}`],
    ["a long path each time", `{{range 1000}}{{$y := $.zz${".a".repeat(10_000)}}}{{end}}`],
    ["many variables each time", `${"{{$x := 1}}".repeat(10_000)}{{range 100000}}{{$y := $x}}{{end}}`],
    ["an address", "{{printf `%p` .l}}"],
  ])("stops instead of answering for %s", (_what, template) => {
    expect(() => render(template)).toThrow(RangeError);
  });

  it("takes a chain of else if as one level for each", () => {
    expect(render(`{{if 0}}${"{{else if 0}}x".repeat(150)}{{else}}y{{end}}`)).toBe("y");
  });
});

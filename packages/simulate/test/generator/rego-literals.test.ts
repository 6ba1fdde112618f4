import { describe, expect, it } from "@jest/globals";
import { readRegoLiterals } from "../../src/generator/rego-literals.ts";

describe("readRegoLiterals", () => {
  it("reads the package, also with parts in brackets", () => {
    expect(readRegoLiterals("# comment\npackage cos.budget\n").package).toBe("cos/budget");
    expect(readRegoLiterals('package cos["my-rules"].v1\n').package).toBe("cos/my-rules/v1");
    expect(readRegoLiterals("not rego").package).toBe("");
  });

  it("reads numbers with the names on their line", () => {
    const { numbers } = readRegoLiterals("package a\nmax_amount := 1e12\nx if input.cost <= -2.5\n");
    expect(numbers).toEqual([
      { value: 1e12, names: ["max_amount"] },
      { value: -2.5, names: ["x", "cost"] },
    ]);
  });

  it("takes a minus between two values for an operator", () => {
    const { numbers } = readRegoLiterals("package a\ny := x - 3\nz := (x)-4\nw := -5\n");
    expect(numbers.map(({ value }) => value)).toEqual([3, 4, -5]);
  });

  it("reads texts with escapes and raw ones, and neither comments nor texts as code", () => {
    const { texts, numbers } = readRegoLiterals('package a\nx := {"a\\n\\"b", `c "d"`} # 17 "no"\ny := "18"\n');
    expect(texts.map(({ value }) => value)).toEqual(['a\n"b', 'c "d"', "18"]);
    expect(numbers).toEqual([]);
  });

  it("reads which data a module looks at, and not what is called data elsewhere", () => {
    const source =
      'package a\nimport data.lib.x\ny := data.config["the budget"].warn[k]\nz := input.data.no\nw := data[k]\n';
    expect(readRegoLiterals(source).dataPaths).toEqual([["lib", "x"], ["config", "the budget", "warn"], []]);
  });

  it.each([
    ["texts that nothing closes", '"\\'.repeat(200_000)],
    ["raw texts that nothing closes", "`a".repeat(200_001)],
    ["one line of names and numbers", "package a ".concat("abc 12 ".repeat(50_000))],
    ["bytes of any kind", Array.from({ length: 50_000 }, (_, index) => String.fromCharCode(index)).join("")],
  ])("reads %s in a moment", (_name, source) => {
    const start = process.cpuUsage();
    readRegoLiterals(source);
    expect(process.cpuUsage(start).user).toBeLessThan(5_000_000);
  });
});

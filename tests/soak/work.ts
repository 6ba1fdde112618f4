import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInstance } from "@policy-pack/evaluate";
import type { PolicyInstance } from "@policy-pack/evaluate";
import { compilePack } from "@policy-pack/testkit";
import { INPUTS } from "../bench/question.ts";
import { ROOT } from "../bench/tools.ts";

/** Compiles the checkout's own pack. */
export async function loadPack(): Promise<PolicyInstance> {
  const source = join(ROOT, "contracts/policy-pack/v0/opa");
  const names = await readdir(source, { recursive: true });
  const policies = names.filter((name) => name.endsWith(".rego") && !name.endsWith("_test.rego"));
  const files = await Promise.all(
    policies.map(async (name) => [`opa/${name}`, await readFile(join(source, name), "utf8")] as const),
  );
  const { contents } = await compilePack(Object.fromEntries(files));
  return createInstance(contents);
}

/** All entrypoints in turn: an object in, JSON bytes in, without an answer, and several about one input. */
export function decisionWork(instance: PolicyInstance): (count: number) => void {
  const questions = instance.entrypoints.map((entrypoint) => {
    const input = INPUTS[entrypoint.slice(0, entrypoint.lastIndexOf("/"))];
    return { entrypoint, input, json: Buffer.from(JSON.stringify(input)) };
  });
  return (count) => {
    const question = questions[count % questions.length];
    if (question === undefined) throw new Error("the pack has no entrypoints");
    const { entrypoint, input, json } = question;
    const way = Math.floor(count / questions.length) % 8;
    if (way < 4) instance.decide(input, entrypoint);
    else if (way < 6) instance.decide(json, entrypoint);
    else if (way === 6) instance.decide({ [`key ${count}`]: count, list: [count, "é", null] }, entrypoint);
    else instance.decideText({ ...(input as object), at: `${count}` }, entrypoint);
  };
}

/** A document of about so many bytes, another one each time. */
export function dataWork(instance: PolicyInstance, bytes: number): (count: number) => void {
  const row = '{"tenant":"tenant-00","roles":["reader","writer"],"quota":1000,"note":"a row of the soak"}';
  const rows = Array.from({ length: Math.ceil(bytes / (row.length + 12)) }, (_item, index) => `"u${index}":${row}`);
  const json = Buffer.from(`{"soak":{"turn":0000000,${rows.join(",")}}}`.replace("0000000", "1000000"));
  const at = json.indexOf("1000000");
  return (count) => {
    json.write(String(1_000_000 + (count % 1_000_000)), at);
    instance.setData(json);
    if (count % 10 === 0) instance.patchData(["soak", "turn"], count);
    instance.decide(INPUTS["cos/abac"], "cos/abac/allow");
  };
}

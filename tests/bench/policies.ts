import type { PackContents } from "@policy-pack/pack";
import { compilePack } from "@policy-pack/testkit";
import type { Context, Suite } from "./context.ts";
import { checkSame, createDeciders, toArrayBuffer } from "./deciders.ts";
import { interleave, perSecond } from "./measure.ts";
import type { Comparison } from "./report.ts";

/** A policy unlike the pack's own: where the time goes elsewhere. */
export interface Workload {
  readonly title: string;
  readonly rules: string;
  readonly data?: unknown;
  readonly input: unknown;
}

const count = <T>(length: number, make: (index: number) => T): T[] =>
  Array.from({ length }, (_item, index) => make(index));

/** About 20 µs a decision. */
export const MANY_RULES: Workload = {
  title: "1 000 rules",
  rules: count(
    1000,
    (index) => `answer if { input.action == "action-${index}"; input.resource.kind == "kind-${index}" }`,
  ).join("\n\n"),
  input: { action: "action-500", resource: { kind: "kind-500", id: "x-1" } },
};

const WORKLOADS: readonly Workload[] = [
  {
    title: "100 000 users in 10 MB of data, one looked up",
    rules: "answer if { some role in data.users[input.user].roles; role == input.role }",
    data: {
      users: Object.fromEntries(
        count(100_000, (id) => [
          `user-${id}`,
          { tenant: `tenant-${id % 97}`, roles: ["reader", `role-${id % 31}`], active: true },
        ]),
      ),
    },
    input: { user: "user-77777", role: `role-${77_777 % 31}` },
  },
  MANY_RULES,
  {
    title: "a text of 1 MB in the input",
    rules: 'answer if endswith(input.text, "the end")',
    input: { text: `${"All work and no play. ".repeat(47_000)}the end` },
  },
  {
    title: "a text of 1 MB with characters beyond ASCII",
    rules: 'answer if startswith(input.text, "Müß")',
    input: { text: "Müßiggang, 余暇 und 😀. ".repeat(30_000) },
  },
  {
    title: "a list of 10 000 objects in the input",
    rules: "answer := count([item | some item in input.items; item.size > 500])",
    input: { items: count(10_000, (index) => ({ name: `item-${index}`, size: index % 1000, tags: ["a", "b"] })) },
  },
  {
    title: "an answer of 1 000 objects",
    rules:
      'answer := [row | some index in numbers.range(1, 1000); row := {"index": index, "name": input.name, "ok": true}]',
    input: { name: "row" },
  },
  {
    title: "an admission request of 1.5 KB",
    rules: [
      'denied contains concat(" ", ["image", image, "is not of", registry]) if { registry := input.parameters.registry; some container in input.review.object.spec.containers; image := container.image; not startswith(image, registry) }',
      'denied contains sprintf("container %v has no limit of %v", [container.name, kind]) if { some container in input.review.object.spec.containers; some kind in ["cpu", "memory"]; not container.resources.limits[kind] }',
      "answer := sort(denied)",
    ].join("\n\n"),
    input: {
      parameters: { registry: "registry.example/" },
      review: {
        uid: "9f3c2c1e-6f7b-4a53-9d3f-0b4d4d1d1f7a",
        operation: "CREATE",
        object: {
          metadata: { name: "api", namespace: "production", labels: { app: "api", tier: "web", team: "platform" } },
          spec: {
            containers: count(8, (index) => ({
              name: `container-${index}`,
              image: index === 3 ? "elsewhere.example/app:1" : `registry.example/app-${index}:1.2.3`,
              ports: [{ containerPort: 8080 + index, protocol: "TCP" }],
              resources: { limits: { cpu: "500m", ...(index === 5 ? {} : { memory: "256Mi" }) } },
            })),
          },
        },
      },
    },
  },
];

/** Policies with large data, many rules, long texts, large answers: none may be slower than with the SDK. */
export const policies: Suite = {
  name: "policies",
  run: async (context) => {
    const comparisons: Comparison[] = [];
    for (const workload of WORKLOADS) comparisons.push(...(await compare(context, workload)));
    return comparisons;
  },
};

export const WORKLOAD_ENTRYPOINT = "bench/answer";

export async function compileWorkload({ rules, data }: Workload): Promise<PackContents> {
  const marked = rules.replace(/^answer/m, "# METADATA\n# entrypoint: true\nanswer");
  const files = { "opa/bench/bench.rego": `package bench\n\n${marked}\n` };
  const documents = data === undefined ? {} : { "data/data.json": JSON.stringify(data) };
  const { contents } = await compilePack({ ...files, ...documents });
  return contents;
}

async function compare({ turnMs, rounds }: Context, workload: Workload): Promise<readonly Comparison[]> {
  const { title, input } = workload;
  const contents = await compileWorkload(workload);
  const { instance, sdk } = await createDeciders(contents);
  const json = Buffer.from(JSON.stringify(input));
  const buffer = toArrayBuffer(json);
  const entrypoint = WORKLOAD_ENTRYPOINT;
  const ours = instance.decide(input, entrypoint).value;
  checkSame(title, ours, sdk(input, entrypoint));
  checkSame(title, ours, instance.decide(json, entrypoint).value);
  const rate = (work: () => unknown) => perSecond(work, turnMs / 4, 4);
  const objects = [
    { name: "`instance.decide`, an object in", run: () => rate(() => instance.decide(input, entrypoint)) },
    { name: "`@open-policy-agent/opa-wasm`, an object in", run: () => rate(() => sdk(input, entrypoint)) },
  ];
  const bytes = [
    { name: "`instance.decide`, JSON bytes in", run: () => rate(() => instance.decide(json, entrypoint)) },
    { name: "`@open-policy-agent/opa-wasm`, an ArrayBuffer in", run: () => rate(() => sdk(buffer, entrypoint)) },
  ];
  return [
    { title: `Decisions: ${title}`, unit: "/s", goal: 1, spreads: await interleave(objects, rounds) },
    { title: `Decisions: ${title}, as JSON`, unit: "/s", goal: 1, spreads: await interleave(bytes, rounds) },
  ];
}

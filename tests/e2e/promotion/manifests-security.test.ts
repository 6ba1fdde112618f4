import { describe, expect, it } from "@jest/globals";
import { readConfigMap, readManifests, readRollout, readTemplate } from "../../support/argo/manifests.ts";
import { coreValidator } from "../../support/argo/core-schemas.ts";
import type { Manifest, PodTemplate } from "../../support/argo/types.ts";

const all = readManifests();
const job = readTemplate("at-evidence-gql-job").spec.metrics[0]?.provider.job;
const web = readTemplate("at-evidence-gql-web").spec.metrics[0]?.provider.web;
const rollout = readRollout("graph-api");
if (job === undefined || web === undefined) throw new Error("the templates name no provider");

const pods: readonly [string, PodTemplate][] = [
  ["the job", job.spec.template],
  ["the rollout", rollout.spec.template],
];
const ofKind = (kind: string): readonly Manifest[] =>
  all.filter(({ manifest }) => manifest.kind === kind).map(({ manifest }) => manifest);

describe("the manifests", () => {
  it("are the files that the contract names", () => {
    const files = new Set(all.map(({ file }) => file));
    for (const file of [
      "configmap-evidence-query.yaml",
      "secret-mc-token.yaml",
      "analysis-template-evidence-web.yaml",
      "analysis-template-evidence-job.yaml",
      "rollout.yaml",
    ]) {
      expect(files).toContain(file);
    }
    expect(readConfigMap("mc-evidence-query").kind).toBe("ConfigMap");
    expect(ofKind("Secret").map(({ metadata }) => metadata.name)).toEqual(["mc-api-token"]);
  });

  it("hold one query: the web provider's is the ConfigMap's, to the byte", () => {
    expect(web.jsonBody?.["query"]).toBe(readConfigMap("mc-evidence-query").data["evidence-ok.graphql"]);
  });

  const core = all.filter(({ manifest }) => !manifest.apiVersion.startsWith("argoproj.io/"));
  it.each(core)("$manifest.kind of $file has only fields that its kind knows", ({ manifest }) => {
    expect(coreValidator(manifest.kind)?.(manifest)).toEqual([]);
  });

  it("stand in the namespace production, all of them", () => {
    const elsewhere = all.filter(({ manifest }) => manifest.kind !== "Kustomization");
    expect(new Set(elsewhere.map(({ manifest }) => manifest.metadata.namespace))).toEqual(new Set(["production"]));
  });

  it("are applied together but for the token, which a second apply would put back to its placeholder", () => {
    const { resources } = ofKind("Kustomization")[0] as unknown as { resources: string[] };
    const files = new Set(all.map(({ file }) => file));
    expect([...files].filter((file) => !resources.includes(file)).sort()).toEqual([
      "external-secret-mc-token.yaml",
      "kustomization.yaml",
      "secret-mc-token.yaml",
    ]);
    expect(resources.every((file) => files.has(file))).toBe(true);
  });
});

describe("the token", () => {
  it("is a placeholder in the repository: no JWT, no key", () => {
    const [secret] = ofKind("Secret") as unknown as { stringData: Record<string, string> }[];
    expect(secret?.stringData).toEqual({ token: "replace-with-a-token-of-scope-evidence-read" });
    expect(JSON.stringify(all)).not.toMatch(/eyJ[\w-]{8,}|-----BEGIN/);
  });

  it("reaches the web provider from the Secret alone, and only its Authorization header", () => {
    const token = readTemplate("at-evidence-gql-web").spec.args.find(({ name }) => name === "token");
    expect(token).toEqual({ name: "token", valueFrom: { secretKeyRef: { name: "mc-api-token", key: "token" } } });
    const header = { key: "Authorization", value: "Bearer {{args.token}}" };
    expect(web.headers).toContainEqual(header);
    expect(JSON.stringify(web).match(/args\.token/g)).toHaveLength(1);
  });

  it("reaches the job as a file from the Secret, never by its environment or arguments", () => {
    const text = JSON.stringify(job.spec.template.spec.containers);
    expect(text).not.toMatch(/secretKeyRef|secretRef|args\.token/);
    expect(job.spec.template.spec.volumes).toContainEqual({
      name: "token",
      secret: { secretName: "mc-api-token", defaultMode: 0o440, items: [{ key: "token", path: "token" }] },
    });
  });

  it("has one name and key in the Secret, the ExternalSecret and both templates", () => {
    const [external] = ofKind("ExternalSecret") as unknown as {
      spec: { target: { name: string }; data: { secretKey: string }[] };
    }[];
    expect([external?.spec.target.name, external?.spec.data[0]?.secretKey]).toEqual(["mc-api-token", "token"]);
  });
});

describe.each(pods)("a pod of %s", (_whose, { metadata, spec }) => {
  const [container] = spec.containers;

  it("runs as no root, with the runtime's seccomp profile, without the cluster's API", () => {
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
    });
    const accounts = ofKind("ServiceAccount").map((account) => account.metadata.name);
    expect(accounts).toContain(spec["serviceAccountName"]);
    for (const field of ["hostNetwork", "hostPID", "hostIPC", "initContainers"]) expect(spec).not.toHaveProperty(field);
  });

  it("has one container, which can write nowhere and gain nothing", () => {
    expect(spec.containers).toHaveLength(1);
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      privileged: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
    });
    expect((container?.volumeMounts ?? []).filter(({ readOnly }) => readOnly !== true)).toEqual([]);
  });

  it("asks for and is held to cpu, memory and storage", () => {
    const names = ["cpu", "memory", "ephemeral-storage"];
    expect(Object.keys(container?.resources?.requests ?? {})).toEqual(names);
    expect(Object.keys(container?.resources?.limits ?? {})).toEqual(names);
  });

  it("has an image with a version: never latest", () => {
    expect(container?.image).toMatch(/^[\w./-]+:[\w.-]+(@sha256:[0-9a-f]{64})?$/);
    expect(container?.image).not.toMatch(/:latest(@|$)/);
  });

  it("is named by the network policies' labels", () => {
    const name = metadata.labels["app.kubernetes.io/name"] ?? "";
    expect(denied(name)).toEqual(["Ingress", "Egress"]);
  });
});

describe("the job", () => {
  it("runs once, without a retry, and ends", () => {
    expect(job.spec).toMatchObject({ backoffLimit: 0, completions: 1, parallelism: 1, activeDeadlineSeconds: 300 });
    expect(job.spec.template.spec["restartPolicy"]).toBe("Never");
    const env = job.spec.template.spec.containers[0]?.env ?? [];
    const timeout = Number(env.find(({ name }) => name === "MC_TIMEOUT_SECONDS")?.value);
    expect(timeout).toBeLessThan(job.spec.activeDeadlineSeconds ?? 0);
  });

  it("states no condition, which Argo would not look at", () => {
    const [metric] = readTemplate("at-evidence-gql-job").spec.metrics;
    expect(Object.keys(metric ?? {}).filter((field) => field.endsWith("Condition"))).toEqual([]);
  });

  it("has an image that is pinned by its digest", () => {
    expect(job.spec.template.spec.containers[0]?.image).toMatch(/@sha256:[0-9a-f]{64}$/);
  });

  it("takes no argument into its script, where it would be code", () => {
    const [container] = job.spec.template.spec.containers;
    expect([...(container?.command ?? []), ...(container?.args ?? [])].join("\n")).not.toContain("{{");
  });

  it("has a metric whose name leaves room for the run's id in the job's 63 letters", () => {
    const [metric] = readTemplate("at-evidence-gql-job").spec.metrics;
    expect(`${"0".repeat(36)}.${metric?.name ?? ""}.99`.length).toBeLessThanOrEqual(63);
  });
});

describe("the rollout", () => {
  const steps = rollout.spec.strategy.canary.steps;
  const analyses = steps.flatMap(({ analysis }) => (analysis === undefined ? [] : [analysis]));

  it("asks both gates before every weight that follows the first", () => {
    const raises = steps.filter(({ setWeight }) => setWeight !== undefined).length;
    expect(analyses).toHaveLength(raises);
    expect(steps.at(-1)).toHaveProperty("analysis");
    for (const { templates } of analyses) {
      expect(templates.map(({ templateName }) => templateName)).toEqual(["at-evidence-gql-web", "at-evidence-gql-job"]);
    }
  });

  it("passes the server, its own service and the pods' release-id", () => {
    for (const { args } of analyses) {
      expect(args).toEqual([
        { name: "mcUrl", value: "http://policy-pack.production.svc.cluster.local:8080" },
        { name: "service", value: rollout.metadata.name },
        { name: "releaseId", valueFrom: { fieldRef: { fieldPath: "spec.template.metadata.labels.release-id" } } },
      ]);
    }
    expect(rollout.spec.template.metadata.labels["release-id"]).toMatch(/^[a-z0-9][\w.-]{0,62}$/i);
    expect(rollout.spec.template.metadata.labels).toMatchObject(rollout.spec.selector.matchLabels);
    expect(rollout.spec.selector.matchLabels).not.toHaveProperty("release-id");
  });

  it("gives every argument that its templates want and have no source for", () => {
    const wanted = ["at-evidence-gql-web", "at-evidence-gql-job"]
      .flatMap((name) => readTemplate(name).spec.args)
      .filter(({ valueFrom }) => valueFrom === undefined);
    for (const { args = [] } of analyses) {
      expect(new Set(args.map(({ name }) => name))).toEqual(new Set(wanted.map(({ name }) => name)));
    }
  });
});

describe("the network policies", () => {
  it("deny everything to the gate's pods and the service's first", () => {
    expect([denied("evidence-gate"), denied("graph-api")]).toEqual([
      ["Ingress", "Egress"],
      ["Ingress", "Egress"],
    ]);
  });

  it("let the gate ask names and the server, and let nobody in", () => {
    expect(allowed("evidence-gate", "egress")).toEqual([
      "kube-system: k8s-app=kube-dns UDP/53 TCP/53",
      `${NAME}=policy-pack TCP/8080`,
    ]);
    expect(allowed("evidence-gate", "ingress")).toEqual([]);
  });

  it("let the gate, the service and Argo's controller ask the server", () => {
    expect(allowed("policy-pack", "ingress")).toEqual([
      `${NAME} in evidence-gate,graph-api TCP/8080`,
      `argo-rollouts: ${NAME}=argo-rollouts TCP/8080`,
    ]);
  });

  it("let nobody reach the service but who brings its traffic", () => {
    expect(allowed("graph-api", "ingress")).toEqual(["ingress: all TCP/8080"]);
    expect(allowed("graph-api", "egress")).toEqual([
      "kube-system: k8s-app=kube-dns UDP/53 TCP/53",
      `${NAME}=policy-pack TCP/8080`,
    ]);
  });

  it("allow no range of addresses and no port range", () => {
    expect(JSON.stringify(ofKind("NetworkPolicy"))).not.toMatch(/ipBlock|endPort|"podSelector":\{\}/);
  });
});

const NAME = "app.kubernetes.io/name";
const NAMESPACE = "kubernetes.io/metadata.name=";

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[];
}
interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: Rule["from"];
  readonly ports: readonly { readonly protocol: string; readonly port: number }[];
}
interface PolicySpec {
  readonly podSelector: Selector;
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

function policiesFor(name: string): readonly PolicySpec[] {
  const specs = ofKind("NetworkPolicy").map(({ spec }) => spec as PolicySpec);
  return specs.filter(({ podSelector }) => textOf(podSelector).split(/[=, ]/).includes(name));
}

/** The directions that a policy without any rule takes from the pods. */
function denied(name: string): readonly string[] {
  const empty = policiesFor(name).filter(({ ingress, egress }) => ingress === undefined && egress === undefined);
  return empty.flatMap(({ policyTypes }) => policyTypes);
}

function allowed(name: string, direction: "ingress" | "egress"): readonly string[] {
  const rules = policiesFor(name).flatMap((policy) => policy[direction] ?? []);
  return rules.flatMap(({ from, to, ports }) => {
    const at = ports.map(({ protocol, port }) => `${protocol}/${port}`).join(" ");
    return (from ?? to ?? []).map((peer) => `${peerText(peer)} ${at}`);
  });
}

/** A peer without a namespace is of the policy's own. */
function peerText({ podSelector, namespaceSelector }: Peer): string {
  const place = namespaceSelector === undefined ? "" : `${textOf(namespaceSelector).replace(NAMESPACE, "")}: `;
  return `${place}${podSelector === undefined ? "all" : textOf(podSelector)}`;
}

function textOf({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  return [...labels, ...matchExpressions.map(({ key, values }) => `${key} in ${values.join(",")}`)].join(" ");
}

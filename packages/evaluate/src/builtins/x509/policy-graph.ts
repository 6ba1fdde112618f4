import type { Certificate } from "./certificate.ts";

interface PolicyNode {
  readonly policy: string;
  expected: readonly string[];
  readonly parents: Set<PolicyNode>;
  readonly children: Set<PolicyNode>;
}

type Stratum = Map<string, PolicyNode>;

/** Content octets of 2.5.29.32.0, in hex as all policies here. */
const ANY_POLICY = "551d2000";

/** The valid policies level by level from the root of a chain on: RFC 9618, section 3, which replaces RFC 5280's tree. */
class PolicyGraph {
  readonly #strata: Stratum[] = [new Map([[ANY_POLICY, nodeOf(ANY_POLICY, [])]])];
  #expecting = new Map<string, PolicyNode[]>();

  descend(): void {
    this.#expecting = new Map();
    for (const node of this.leaves.values()) {
      for (const policy of node.expected) {
        append(this.#expecting, policy, node);
      }
    }
    this.#strata.push(new Map());
  }

  get leaves(): Stratum {
    return this.#strata.at(-1) ?? new Map<string, PolicyNode>();
  }

  get above(): Stratum {
    return this.#strata.at(-2) ?? new Map<string, PolicyNode>();
  }

  insert(node: PolicyNode): void {
    this.leaves.set(node.policy, node);
  }

  parentsOf(policy: string): readonly PolicyNode[] {
    const any = this.above.get(ANY_POLICY);
    return this.#expecting.get(policy) ?? (any === undefined ? [] : [any]);
  }

  deleteLeaf(policy: string): void {
    const node = this.leaves.get(policy);
    for (const parent of node?.parents ?? []) if (node !== undefined) parent.children.delete(node);
    this.leaves.delete(policy);
  }

  /** Takes away what leads to no leaf. */
  prune(): void {
    for (const stratum of this.#strata.slice(1, -1).toReversed()) {
      for (const node of stratum.values()) {
        if (node.children.size > 0) continue;
        for (const parent of node.parents) parent.children.delete(node);
        stratum.delete(node.policy);
      }
    }
  }

  /** Whether any policy of the authorities is left. */
  hasValidPolicy(): boolean {
    if (this.leaves.has(ANY_POLICY)) return true;
    return this.#strata.some((stratum) => [...stratum.values()].some(isRootPolicy));
  }
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function isRootPolicy({ policy, parents }: PolicyNode): boolean {
  return policy !== ANY_POLICY && parents.size === 1 && [...parents].every((parent) => parent.policy === ANY_POLICY);
}

function nodeOf(policy: string, parents: readonly PolicyNode[]): PolicyNode {
  const node: PolicyNode = { policy, expected: [policy], parents: new Set(parents), children: new Set() };
  for (const parent of parents) parent.children.add(node);
  return node;
}

/** How many certificates further down something holds for; 0 is from here on. */
interface Counters {
  explicitPolicy: number;
  policyMapping: number;
  anyPolicy: number;
}

/**
 * Whether a chain, leaf first, keeps to the policies that its certificates demand, when the verifier itself demands none.
 *
 * @see RFC 5280, section 6.1, with RFC 9618
 */
export function keepsPolicies(chain: readonly Certificate[]): boolean {
  const [leaf] = chain;
  const length = chain.length - 1;
  if (leaf === undefined || length === 0) return true;
  let graph: PolicyGraph | undefined = new PolicyGraph();
  const counters: Counters = { explicitPolicy: length + 1, policyMapping: length + 1, anyPolicy: length + 1 };
  for (const [index, certificate] of [...chain.slice(0, -1).entries()].toReversed()) {
    if ((certificate.values.policies ?? []).length === 0) graph = undefined;
    if (counters.explicitPolicy === 0 && graph === undefined) return false;
    if (graph !== undefined) {
      const takesAny = counters.anyPolicy > 0 || (index > 0 && isSelfIssued(certificate));
      addPolicies(graph, certificate, takesAny);
      if (index !== 0 && !applyMappings(graph, certificate, counters.policyMapping > 0)) return false;
    }
    if (index !== 0) count(counters, certificate);
  }
  const demanded = counters.explicitPolicy <= 1 || leaf.values.requireExplicitPolicy === 0n;
  return !demanded || (graph?.hasValidPolicy() ?? false);
}

function isSelfIssued({ issuer, subject }: Certificate): boolean {
  return issuer.raw.equals(subject.raw);
}

function addPolicies(graph: PolicyGraph, certificate: Certificate, takesAny: boolean): void {
  graph.descend();
  const policies = (certificate.values.policies ?? []).map((policy) => policy.toString("hex"));
  for (const policy of policies) {
    const parents = policy === ANY_POLICY ? [] : graph.parentsOf(policy);
    if (parents.length > 0) graph.insert(nodeOf(policy, parents));
  }
  if (policies.includes(ANY_POLICY) && takesAny) fillIn(graph);
  graph.prune();
}

/** `anyPolicy` stands for all that was expected and is not there by name. */
function fillIn(graph: PolicyGraph): void {
  const missing = new Map<string, PolicyNode[]>();
  for (const parent of graph.above.values()) {
    for (const policy of parent.expected) {
      if (!graph.leaves.has(policy)) append(missing, policy, parent);
    }
  }
  for (const [policy, parents] of missing) graph.insert(nodeOf(policy, parents));
}

/** False when a mapping is to or from `anyPolicy`, which no certificate may have. */
function applyMappings(graph: PolicyGraph, certificate: Certificate, allowed: boolean): boolean {
  const mappings = new Map<string, string[]>();
  for (const mapping of certificate.values.policyMappings) {
    const [issuer, subject] = [mapping.issuer.toString("hex"), mapping.subject.toString("hex")];
    if (!allowed) graph.deleteLeaf(issuer);
    else if (issuer === ANY_POLICY || subject === ANY_POLICY) return false;
    else append(mappings, issuer, subject);
  }
  if (certificate.values.policyMappings.length > 0) graph.prune();
  for (const [issuer, subjects] of mappings) mapPolicy(graph, issuer, subjects);
  return true;
}

function mapPolicy(graph: PolicyGraph, issuer: string, subjects: readonly string[]): void {
  const [named, any] = [graph.leaves.get(issuer), graph.leaves.get(ANY_POLICY)];
  if (named !== undefined) named.expected = subjects;
  else if (any !== undefined) {
    const node = nodeOf(issuer, [any]);
    node.expected = subjects;
    graph.insert(node);
  }
}

function count(counters: Counters, certificate: Certificate): void {
  const { requireExplicitPolicy, inhibitPolicyMapping, inhibitAnyPolicy } = certificate.values;
  const step = isSelfIssued(certificate) ? 0 : 1;
  const next = (counter: number, limit: bigint | undefined): number => {
    const left = Math.max(0, counter - step);
    return limit !== undefined && limit >= 0n && limit < BigInt(left) ? Number(limit) : left;
  };
  counters.explicitPolicy = next(counters.explicitPolicy, requireExplicitPolicy);
  counters.policyMapping = next(counters.policyMapping, inhibitPolicyMapping);
  counters.anyPolicy = next(counters.anyPolicy, inhibitAnyPolicy);
}

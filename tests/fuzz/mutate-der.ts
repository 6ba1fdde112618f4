import { der } from "@policy-pack/testkit";
import { mutateBytes } from "./mutate-bytes.ts";
import type { Random } from "./random.ts";

interface Node {
  readonly tag: number;
  /** Undefined for a value that holds bytes. */
  readonly children: Node[] | undefined;
  content: Buffer;
}

/** Changes a DER document: its tree, printed again with right lengths, or now and then its bare bytes. */
export function mutateDer(bytes: Buffer, random: Random): Buffer {
  const tree = random.oneIn(4) ? undefined : parse(bytes);
  if (tree === undefined) return mutateBytes(bytes, random);
  const all = flatten(tree);
  for (let edits = 1 + random.below(2); edits > 0; edits -= 1) editNode(random.pick(all), all, random);
  return print(tree);
}

function parse(bytes: Buffer): Node | undefined {
  const nodes = parseAll(bytes, 0);
  return nodes?.length === 1 ? nodes[0] : undefined;
}

/** The values that the bytes are, or undefined when they are no sequence of DER values. */
function parseAll(bytes: Buffer, depth: number): Node[] | undefined {
  const nodes: Node[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const tag = bytes[offset] ?? 0;
    const first = bytes[offset + 1] ?? 0x80;
    const count = first < 0x80 ? 0 : first & 0x7f;
    if (count > 3 || first === 0x80) return undefined;
    const length = count === 0 ? first : bytes.readUIntBE(Math.min(offset + 2, bytes.length - count), count);
    const start = offset + 2 + count;
    if (start + length > bytes.length) return undefined;
    const content = bytes.subarray(start, start + length);
    const isNested = (tag & 0x20) !== 0 || tag === 0x04;
    nodes.push({ tag, content, children: isNested && depth < 20 ? parseAll(content, depth + 1) : undefined });
    offset = start + length;
  }
  return nodes;
}

function flatten(node: Node): Node[] {
  return [node, ...(node.children ?? []).flatMap(flatten)];
}

function editNode(node: Node, all: readonly Node[], random: Random): void {
  const { children } = node;
  if (children === undefined || children.length === 0) {
    node.content = random.oneIn(3) ? random.pick(all).content : mutateBytes(node.content, random);
    return;
  }
  const at = random.below(children.length);
  switch (random.below(5)) {
    case 0:
      children.splice(at, 1);
      return;
    case 1:
      children.splice(at, 0, children[at] ?? node);
      return;
    case 2: {
      const others = all.filter((other) => !flatten(other).includes(node));
      if (others.length > 0) children[at] = random.pick(others);
      return;
    }
    case 3:
      children.reverse();
      return;
    default:
      children[at] = { tag: random.below(256), content: children[at]?.content ?? Buffer.alloc(0), children: undefined };
  }
}

function print({ tag, children, content }: Node): Buffer {
  return der(tag, ...(children === undefined ? [content] : children.map(print)));
}

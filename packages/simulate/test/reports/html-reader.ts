/** An element, or the text between two tags, as a strict reader sees it. */
export interface Piece {
  readonly kind: "open" | "close" | "text";
  /** Lower-case name of the element, or the text with its references resolved. */
  readonly value: string;
  readonly attributes: ReadonlyMap<string, string>;
}

const VOID = new Set(["meta"]);
const TAG = /^<(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z][a-zA-Z0-9-]*(?:="[^"<>`]*")?)*)\s*(\/?)>/;
const ATTRIBUTE = /\s+([a-zA-Z][a-zA-Z0-9-]*)(?:="([^"]*)")?/g;
const REFERENCES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&#96;": "`",
};

/**
 * Reads a page in a narrow form of HTML in which every browser sees the same: each `<` begins a whole tag, each `&` one
 * of six references, each attribute stands once and in double quotes, each element is closed in its order.
 * Throws on anything else.
 */
export function readHtml(page: string): readonly Piece[] {
  const doctype = "<!doctype html>\n";
  if (!page.startsWith(doctype)) throw new Error("no doctype");
  const pieces: Piece[] = [];
  const open: string[] = [];
  let rest = page.slice(doctype.length);
  while (rest !== "") {
    const { piece, length, isClosed } = readPiece(rest, open.at(-1));
    pieces.push(piece);
    if (piece.kind === "open" && !isClosed) open.push(piece.value);
    if (piece.kind === "close" && open.pop() !== piece.value)
      throw new Error(`</${piece.value}> closes another element`);
    rest = rest.slice(length);
  }
  if (open.length > 0) throw new Error(`<${open.join("><")}> is not closed`);
  return pieces;
}

function readPiece(rest: string, parent: string | undefined): { piece: Piece; length: number; isClosed: boolean } {
  const isStyle = parent === "style" && !rest.startsWith("</style>");
  if (!rest.startsWith("<") || isStyle) {
    const end = isStyle ? rest.indexOf("</style>") : rest.indexOf("<");
    const text = end === -1 ? rest : rest.slice(0, end);
    return { piece: { kind: "text", value: decode(text), attributes: new Map() }, length: text.length, isClosed: true };
  }
  const tag = TAG.exec(rest);
  if (tag === null) throw new Error(`no tag: ${rest.slice(0, 80)}`);
  const [whole, slash, name = "", attributes = "", end] = tag;
  if (slash === "/" && attributes.trim() !== "") throw new Error("a closing tag with attributes");
  const kind = slash === "/" ? "close" : "open";
  const piece: Piece = { kind, value: name, attributes: readAttributes(attributes) };
  if (end === "/" && !VOID.has(name)) throw new Error(`<${name}/> is no void element`);
  return { piece, length: whole.length, isClosed: VOID.has(name) };
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = "", value = ""] of text.matchAll(ATTRIBUTE)) {
    if (attributes.has(name)) throw new Error(`${name} stands twice`);
    attributes.set(name, decode(value));
  }
  return attributes;
}

function decode(text: string): string {
  if (text.includes("<")) throw new Error("a text with <");
  return text.replace(/&[^;]*;?/g, (reference) => {
    const character = REFERENCES[reference];
    if (character === undefined) throw new Error(`the reference ${reference.slice(0, 20)}`);
    return character;
  });
}

import { isDomainName } from "./domain.ts";

export interface Mailbox {
  readonly local: string;
  readonly domain: string;
}

const ATOM_CHARACTER = /[0-9a-zA-Z!#$%&'*+\-/=?^_`{|}~.]/;

/**
 * An address with its local part unquoted; undefined when it is none.
 *
 * @see RFC 2821, section 4.1.2
 */
export function parseMailbox(text: string): Mailbox | undefined {
  const [local, rest] = (text.startsWith('"') ? readQuoted(text) : readAtoms(text)) ?? [];
  if (local === undefined || rest?.startsWith("@") !== true) return undefined;
  const domain = rest.slice(1);
  return isDomainName(domain, { constraint: false }) ? { local, domain } : undefined;
}

function readQuoted(text: string): readonly [local: string, rest: string] | undefined {
  const characters: string[] = [];
  for (let index = 1; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === '"') return [characters.join(""), text.slice(index + 1)];
    const escaped = character === "\\";
    if (escaped) index++;
    const code = text.charCodeAt(index);
    if (!isQuotable(code) && !(escaped && code === 9)) return undefined;
    characters.push(text.charAt(index));
  }
  return undefined;
}

/** No NUL, no line ends, and no tab unless it is escaped; NaN stands for the end of the text. */
function isQuotable(code: number): boolean {
  return (code >= 1 && code <= 8) || code === 11 || code === 12 || (code >= 14 && code <= 127);
}

function readAtoms(text: string): readonly [local: string, rest: string] | undefined {
  const characters: string[] = [];
  let index = 0;
  for (; index < text.length; index++) {
    const escaped = text.charAt(index) === "\\";
    if (escaped && ++index === text.length) return undefined;
    const character = text.charAt(index);
    if (!escaped && !ATOM_CHARACTER.test(character)) break;
    characters.push(character);
  }
  const local = characters.join("");
  if (local === "" || local.startsWith(".") || local.endsWith(".") || local.includes("..")) return undefined;
  return [local, text.slice(index)];
}

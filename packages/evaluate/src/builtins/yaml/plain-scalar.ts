import { isBlank, isBlankOrEnd, isBreak } from "./cursor.ts";
import { LineFolder } from "./line-folder.ts";
import type { Scanner } from "./scanner.ts";
import { newToken } from "./token.ts";
import type { Token } from "./token.ts";

const TAB = 0x09;

export function scanPlain(scanner: Scanner): Token {
  const { cursor } = scanner;
  const { line } = cursor;
  const minimumColumn = scanner.indent + 1;
  const folder = new LineFolder();
  let endsInBreak = false;
  while (!cursor.atDocumentIndicator() && cursor.char() !== "#") {
    const word = cursor.readWhile((code) => !isBlankOrEnd(code) && !endsPlain(scanner, code));
    if (word !== "") {
      folder.add(word);
      endsInBreak = false;
    }
    if (!isBlank(cursor.code()) && !isBreak(cursor.code())) break;
    endsInBreak = skipSpace(scanner, folder, minimumColumn) || endsInBreak;
    if (scanner.flowLevel === 0 && cursor.column < minimumColumn) break;
  }
  // What follows on a line of its own may be a key.
  if (endsInBreak) scanner.isKeyAllowed = true;
  return newToken("scalar", line, { value: folder.text, isPlain: true });
}

function endsPlain(scanner: Scanner, code: number): boolean {
  const char = String.fromCharCode(code);
  if (char === ":") return isBlankOrEnd(scanner.cursor.code(1));
  return scanner.flowLevel > 0 && ",?[]{}".includes(char);
}

/** True when there was a line break. */
function skipSpace(scanner: Scanner, folder: LineFolder, minimumColumn: number): boolean {
  const { cursor } = scanner;
  let hasBreak = folder.isBroken;
  for (;;) {
    const code = cursor.code();
    if (isBreak(code)) {
      folder.addBreak(cursor.readBreak());
      hasBreak = true;
    } else if (isBlank(code)) {
      if (hasBreak && cursor.column < minimumColumn && code === TAB) {
        throw scanner.error("found a tab character that violates indentation");
      }
      folder.addBlank(cursor.read());
    } else return hasBreak;
  }
}

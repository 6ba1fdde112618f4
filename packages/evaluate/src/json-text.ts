/**
 * A JSON document that is already text. A plain string is a string value wherever a document is asked for; this class
 * tells the two apart. Nothing is checked before the document is used.
 */
export class JsonText {
  readonly text: string;

  constructor(text: string) {
    if (typeof text !== "string") throw new TypeError("jsonText takes the text of one JSON document");
    this.text = text;
  }
}

/** @throws TypeError for anything but a string */
export function jsonText(text: string): JsonText {
  return new JsonText(text);
}

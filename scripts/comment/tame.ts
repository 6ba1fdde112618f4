/** Joins without a gap: what it stands in reads the same and is markup no longer. */
const BREAK = "\u2060";
/** Others could spell what is broken below, since they are resolved before mentions are looked for. */
const OTHER_ENTITY = /&(?!(?:lt|gt|amp|quot|#39|#96|#124);)(?=[a-z#])/gi;
/** Others, such as mermaid, are drawn and not shown. */
const OTHER_FENCE = /^([ \t>]*(?:`{3,}|~{3,}))(?!(?:json|rego|text)?$).*$/gm;
const ALLOWED_TAG = /<\/?(?:details|summary)>|<br>/g;
const CONTROLS = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu;

/**
 * A report that a pull request's own code wrote, as text that can stand in a comment: it mentions nobody, refers to no
 * issue, links to nothing, loads nothing, and holds no HTML but folds and line breaks. Tables, headings, lists, emphasis
 * and code stay. What the report claims is not checked.
 */
export function tame(text: string): string {
  const plain = text
    .replaceAll("\r\n", "\n")
    .replace(CONTROLS, (character) => (character === "\n" || character === "\t" ? character : "\ufffd"));
  return (
    outsideTags(plain, (piece) => piece.replace(/<(?=[a-z/!?])/gi, `$&${BREAK}`))
      .replace(OTHER_ENTITY, `$&${BREAK}`)
      .replace(OTHER_FENCE, "$1")
      // Mentions, issues, commits of other repositories; links, images and reference definitions; addresses.
      .replace(/[@#](?=[\p{L}\p{N}])|(?<![\p{L}\p{N}])GH(?=-\d)/giu, `$&${BREAK}`)
      .replace(/\](?=[([:])/g, `$&${BREAK}`)
      .replace(/\\(?=[a-z])/gi, `$&${BREAK}`) // a command of a formula, such as \href
      .replace(/:(?=\/\/)|(?<![\p{L}\p{N}])(?:www(?=\.)|(?:mailto|xmpp)(?=:))/giu, `$&${BREAK}`)
  );
}

function outsideTags(text: string, change: (piece: string) => string): string {
  const pieces: string[] = [];
  let end = 0;
  for (const { 0: tag, index } of text.matchAll(ALLOWED_TAG)) {
    pieces.push(change(text.slice(end, index)), tag);
    end = index + tag.length;
  }
  return [...pieces, change(text.slice(end))].join("");
}

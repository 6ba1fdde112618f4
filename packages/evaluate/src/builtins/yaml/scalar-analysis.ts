/** Which styles can hold a text, as libyaml's emitter finds out. */
export interface ScalarAnalysis {
  readonly isMultiline: boolean;
  /** In block context. */
  readonly allowsPlain: boolean;
  readonly allowsSingle: boolean;
  readonly allowsBlock: boolean;
}

const EMPTY: ScalarAnalysis = { isMultiline: false, allowsPlain: true, allowsSingle: true, allowsBlock: false };
const BREAK = /[\n\r\x85\u2028\u2029]/;
/** Characters beyond U+FFFF are not printable to go-yaml. */
const SPECIAL = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;
const DOCUMENT_INDICATOR = /^(?:---|\.\.\.)/;
const FIRST_INDICATOR = /^[#,[\]{}&*!|>'"%@`]|^[-?:](?:[ \t]|$)/;
const INNER_INDICATOR = /:(?:[ \t]|$)|[ \t\n\r\x85\u2028\u2029]#/;

export function analyzeScalar(text: string): ScalarAnalysis {
  if (text === "") return EMPTY;
  const isMultiline = BREAK.test(text);
  const isSpecial = SPECIAL.test(text);
  const startsOrEndsOpen = /^[ \n\r\x85\u2028\u2029]/.test(text) || /[ \n\r\x85\u2028\u2029]$/.test(text);
  const hasIndicator = DOCUMENT_INDICATOR.test(text) || FIRST_INDICATOR.test(text) || INNER_INDICATOR.test(text);
  const breakBeforeSpace = /[\n\r\x85\u2028\u2029] /.test(text);
  const spaceBeforeBreak = / [\n\r\x85\u2028\u2029]/.test(text);
  return {
    isMultiline,
    allowsPlain: !isMultiline && !isSpecial && !startsOrEndsOpen && !hasIndicator,
    allowsSingle: !breakBeforeSpace && !spaceBeforeBreak && !isSpecial,
    allowsBlock: !text.endsWith(" ") && !spaceBeforeBreak && !isSpecial,
  };
}

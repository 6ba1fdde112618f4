/** Go's layouts by name, as `time.parse_ns` and `time.format` take them. */
export const NAMED_LAYOUTS: ReadonlyMap<string, string> = new Map([
  ["ANSIC", "Mon Jan _2 15:04:05 2006"],
  ["UnixDate", "Mon Jan _2 15:04:05 MST 2006"],
  ["RubyDate", "Mon Jan 02 15:04:05 -0700 2006"],
  ["RFC822", "02 Jan 06 15:04 MST"],
  ["RFC822Z", "02 Jan 06 15:04 -0700"],
  ["RFC850", "Monday, 02-Jan-06 15:04:05 MST"],
  ["RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"],
  ["RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"],
  ["RFC3339", "2006-01-02T15:04:05Z07:00"],
  ["RFC3339Nano", "2006-01-02T15:04:05.999999999Z07:00"],
]);

export const RFC3339_LAYOUT = "2006-01-02T15:04:05Z07:00";
export const RFC3339_NANO_LAYOUT = "2006-01-02T15:04:05.999999999Z07:00";

export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

export const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

/** Text before an element, then the element; the last piece of a layout has no element. */
export interface LayoutPiece {
  readonly prefix: string;
  readonly element: string;
}

/** What Go's time package recognises in a layout; everything else stands for itself. */
const ELEMENT =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|0[1-6]|002|15|1|2006|2|_2(?!006)|__2|3|4|5|PM|pm|[-Z]07(?:0000|:00:00|00|:00|)|[.,](?:0+|9+)(?![0-9])/g;

/** @see https://pkg.go.dev/time#Layout */
export function splitLayout(layout: string): readonly LayoutPiece[] {
  const pieces: LayoutPiece[] = [];
  let end = 0;
  for (const match of layout.matchAll(ELEMENT)) {
    pieces.push({ prefix: layout.slice(end, match.index), element: match[0] });
    end = match.index + match[0].length;
  }
  pieces.push({ prefix: layout.slice(end), element: "" });
  return pieces;
}

/** `.000`, `,999`: a fraction of a second. */
export function isFraction(element: string): boolean {
  return element.startsWith(".") || element.startsWith(",");
}

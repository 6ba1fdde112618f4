const PRINTABLE = /^[!-~]*$/;

/**
 * Whether a name in a certificate, or with `constraint` one in a name constraint, which may begin with a point, is read at
 * all: no empty labels, no point at the end, printable ASCII. The empty name is.
 */
export function isDomainName(name: string, { constraint }: { constraint: boolean }): boolean {
  if (name === "") return true;
  if (name.endsWith(".") || !PRINTABLE.test(name)) return false;
  const labels = constraint && name.startsWith(".") ? name.slice(1) : name;
  return !labels.includes("..") && !labels.startsWith(".");
}

/** ASCII letters only: names are compared so, whatever other letters they hold. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

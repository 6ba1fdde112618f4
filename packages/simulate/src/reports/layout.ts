import { fit } from "./visible.ts";

const STYLES = { bold: "1", dim: "2", alarm: "1;37;41", bad: "1;31", good: "1;32", warn: "33" } as const;

export type TextStyle = keyof typeof STYLES;

/** How a text report is laid out: its width in columns, and whether it has colours. */
export interface TextLook {
  /** 80 unless said; at least 60 and at most 160 are used. */
  readonly columns?: number;
  readonly colours?: boolean;
}

/** Paints and wraps for one terminal. */
export class Layout {
  readonly width: number;
  readonly #colours: boolean;

  constructor({ columns = 80, colours = false }: TextLook) {
    this.width = Math.min(160, Math.max(60, Math.floor(columns)));
    this.#colours = colours;
  }

  paint(style: TextStyle, text: string): string {
    return this.#colours ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
  }

  /** The text in lines that fit, each after the indent; broken at spaces where there are some. */
  wrap(text: string, indent = ""): readonly string[] {
    const room = this.width - indent.length;
    const lines: string[] = [];
    let rest = text;
    while (rest.length > room) {
      const end = breakOf(rest, room);
      lines.push(indent + rest.slice(0, end).trimEnd());
      rest = rest.slice(end).trimStart();
    }
    return [...lines, indent + rest];
  }

  /** Rows under a head, within the width: of the widest column that may shrink the middle is left out. */
  table(columns: readonly Column[], rows: readonly (readonly string[])[]): readonly string[] {
    const widths = columns.map(({ head }, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
    this.#shrink(columns, widths);
    const line = (cells: readonly string[]): string =>
      columns
        .map(({ isNumber = false }, at) => {
          const cell = fit(cells[at] ?? "", widths[at] ?? 0);
          return isNumber ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0);
        })
        .join("  ")
        .trimEnd();
    const head = line(columns.map((column) => column.head));
    return [this.paint("dim", `  ${head}`), ...rows.map((row) => `  ${line(row)}`)];
  }

  #shrink(columns: readonly Column[], widths: number[]): void {
    const room = this.width - 2 * columns.length;
    for (let total = sum(widths); total > room; total = sum(widths)) {
      const shrinkable = widths.map((width, at) => (columns[at]?.isNumber === true || width <= 8 ? 0 : width));
      const widest = shrinkable.indexOf(Math.max(...shrinkable));
      const next = Math.max(...shrinkable.filter((_, at) => at !== widest), 8);
      const width = widths[widest] ?? 0;
      if (shrinkable[widest] === 0) return;
      widths[widest] = Math.max(8, width - Math.max(1, Math.min(total - room, width - next)));
    }
  }
}

export interface Column {
  readonly head: string;
  /** Numbers stand to the right and are never cut. */
  readonly isNumber?: boolean;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0);
}

function breakOf(text: string, room: number): number {
  const space = text.lastIndexOf(" ", room);
  return space > room / 2 ? space + 1 : room;
}

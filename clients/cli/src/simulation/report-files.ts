import { resolve } from "node:path";
import { ConfigError } from "@policy-pack/pack";
import { checkOutputFolder } from "../output-folder.ts";
import type { Terminal } from "../terminal.ts";
import { replaceFile } from "../write-file.ts";

export interface ReportFileFlags {
  readonly markdown?: string;
  readonly html?: string;
}

/** Where reports go, besides the terminal. Absolute. */
export interface ReportFiles {
  readonly markdown: string | undefined;
  readonly html: string | undefined;
}

/**
 * Refuses files that could not be written afterwards, and one that would replace the other.
 * @throws ConfigError CONFIG_INVALID, OUTPUT_FAILED
 */
export async function openReportFiles(terminal: Terminal, flags: ReportFileFlags): Promise<ReportFiles> {
  const place = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(terminal.cwd, path);
  const files = { markdown: place(flags.markdown), html: place(flags.html) };
  if (files.markdown !== undefined && files.markdown === files.html) {
    throw new ConfigError("CONFIG_INVALID", "--markdown and --html name one file; the second would replace the first.");
  }
  for (const path of Object.values(files)) {
    if (path !== undefined) await checkOutputFolder(terminal, path);
  }
  return files;
}

/**
 * Writes the reports, each whole or not at all.
 * @throws ConfigError OUTPUT_FAILED
 */
export async function writeReportFiles(
  files: ReportFiles,
  reports: { readonly markdown: () => string; readonly html: () => string },
): Promise<void> {
  if (files.markdown !== undefined) await replaceFile(files.markdown, Buffer.from(reports.markdown()), "The report");
  if (files.html !== undefined) await replaceFile(files.html, Buffer.from(reports.html()), "The report");
}

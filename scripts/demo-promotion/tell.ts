import { styleText } from "node:util";

const style = (format: "bold" | "dim" | "green", words: string): string =>
  styleText(format, words, { stream: process.stdout, validateStream: true });

let scenes = 0;

/** Tells one scene: its title, what was seen as it is seen, what that proves and how long it took. */
export async function scene(
  title: string,
  proves: string,
  play: (say: (line: string) => void) => Promise<void>,
): Promise<void> {
  const started = performance.now();
  scenes += 1;
  console.log(style("bold", `\n${scenes}. ${title}`));
  await play((line) => {
    console.log(`   ${line}`);
  });
  console.log(`   ${style("green", "proved:")} ${proves}`);
  console.log(style("dim", `   took ${((performance.now() - started) / 1000).toFixed(1)} s`));
}

import { execFileSync } from "node:child_process";

/** The flags by which the pack format names its one form; `-C <folder>` and the four names follow. */
export const CANONICAL_FLAGS = [
  "--sort=name",
  "--owner=0",
  "--group=0",
  "--numeric-owner",
  "--mtime=@0",
  "--format=ustar",
  "--mode=ug-s,a-x,u=rwX,go=rX",
] as const;

export const TOP_PATHS = ["./opa", "./data", "./README.md", "./signing"] as const;

/** GNU tar under either of its names, or undefined: BSD tar and busybox write another form. */
export function findGnuTar(): string | undefined {
  return ["tar", "gtar"].find((name) => {
    try {
      const version = execFileSync(name, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
      return version.startsWith("tar (GNU tar)");
    } catch {
      return false;
    }
  });
}

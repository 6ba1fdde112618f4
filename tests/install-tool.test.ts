import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createTempDir } from "@policy-pack/testkit";
import type { TempDir } from "@policy-pack/testkit";

const RELEASE = "#!/bin/sh\necho 'Version: 9.9.9'\n";

let checkout: TempDir;
let programs: string;

function program(name: string, text: string): void {
  writeFileSync(join(programs, name), text);
  chmodSync(join(programs, name), 0o755);
}

/** A checkout of its own with one pinned release, which the curl of the test "downloads". */
beforeEach(async () => {
  checkout = await createTempDir();
  programs = join(checkout.path, "programs");
  mkdirSync(programs);
  cpSync("scripts", join(checkout.path, "scripts"), { recursive: true });
  const sha256 = createHash("sha256").update(RELEASE).digest("hex");
  const platform = spawnSync("uname", ["-sm"], { encoding: "utf8" }).stdout.trim().replace(" ", "-");
  const pin = `frob 9.9.9 ${platform} ${sha256} https://releases.example.com/frob\n`;
  writeFileSync(join(checkout.path, "scripts/tools.txt"), pin);
  program("go", "#!/bin/sh\nexit 1\n");
});
afterEach(() => checkout.remove());

function install(downloaded: string | undefined): { status: number | null; stdout: string; stderr: string } {
  const download = `while [ "$1" != --output ]; do shift; done\nprintf '%s' "$RELEASE" >"$2"\n`;
  program("curl", `#!/bin/sh\n${downloaded === undefined ? "exit 6\n" : download}`);
  const env = { PATH: [programs, process.env["PATH"] ?? ""].join(delimiter), RELEASE: downloaded ?? "" };
  const script = join(checkout.path, "scripts/install_tool.sh");
  return spawnSync(script, ["frob", "9.9.9", "example.com/frob"], { env, encoding: "utf8" });
}

const installed = (): string => join(checkout.path, ".bin/frob");

describe("install_tool.sh", () => {
  it("installs a release file that has the pinned SHA-256 and prints its version", () => {
    expect(install(RELEASE)).toMatchObject({ status: 0, stdout: "9.9.9\n" });
    expect(readFileSync(installed(), "utf8")).toBe(RELEASE);
  });

  it("installs nothing, and does not go on to another way, when one byte of the release file is another", () => {
    const { status, stderr } = install(`${RELEASE} `);
    expect([status, existsSync(installed())]).toEqual([2, false]);
    expect(stderr).toContain("error TOOL_FAILED");
    expect(readdirSync(join(checkout.path, ".bin"))).toEqual([]);
  });

  it("names the four ways when none of them is open", () => {
    const { status, stderr } = install(undefined);
    expect([status, existsSync(installed())]).toEqual([2, false]);
    expect(stderr).toMatch(
      /error TOOL_MISSING: .*PATH.*\.bin\/frob.*release file.*go install example\.com\/frob@v9\.9\.9/s,
    );
  });

  it("refuses a program of another version", () => {
    program("go", `#!/bin/sh\nmkdir -p "$GOBIN"\nprintf '#!/bin/sh\\necho Version: 1.0.0\\n' >"$GOBIN/frob"\n`);
    const { status, stderr } = install(undefined);
    expect([status, existsSync(installed())]).toEqual([2, false]);
    expect(stderr).toContain("error TOOL_FAILED");
  });
});

import { describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const git = (...args: string[]): string => execFileSync("git", args, { encoding: "utf8" });
const tracked = git("ls-files", "-z")
  .split("\0")
  .filter((file) => file !== "");
const textOf = (file: string): string => readFileSync(file, "latin1");

/** Runs scripts/env.sh's check against a node of the given version. */
function nodeFits(version: string): boolean {
  const script = `source scripts/env.sh; node() { echo v${version}; }; node_fits && echo yes || echo no`;
  return execFileSync("bash", ["-c", script], { encoding: "utf8" }).trim() === "yes";
}

describe("the checkout", () => {
  it.each([
    ".policy-pack/dev-authority/ca.key",
    "contracts/policy-pack/v0/signing/cosign.bundle.json",
    "cosign.key",
    "private.pem",
    ".env",
    "dist/policy-pack/v0/policy-pack-v0.tar",
    "x.sigstore.json",
  ])("never takes %s into git", (file) => {
    expect(git("check-ignore", file).trim()).toBe(file);
  });

  it("holds no private key", () => {
    const marker = new RegExp(["-----BEGIN", "(RSA |EC |ENCRYPTED |OPENSSH )?(SIGSTORE )?PRIVATE KEY-----"].join(" "));
    expect(tracked.filter((file) => marker.test(textOf(file)))).toEqual([]);
  });

  it("names no package registry and no absolute path of a machine", () => {
    const hosts = ["registry.npm" + "js", "proxy.golang" + ".org", "pypi" + ".org", "deb.debian" + ".org"];
    const named = tracked.filter((file) => hosts.some((host) => textOf(file).includes(host)));
    expect(named).toEqual([]);
    expect(tracked.filter((file) => /"resolved": "https?:/.test(textOf(file)))).toEqual([]);
    expect(tracked.filter((file) => /(^|[\s"'=(])\/(home|root|Users|work)\/\w/m.test(textOf(file)))).toEqual([]);
  });

  it.each([
    ["20.20.2", false],
    ["22.22.1", false],
    ["22.22.2", true],
    ["23.11.0", false],
    ["24.14.9", false],
    ["24.15.0", true],
    ["25.9.0", false],
    ["26.0.0", true],
  ])("says of Node %s that it fits: %s", (version, fits) => {
    const { engines } = JSON.parse(textOf("package.json")) as { engines: { node: string } };
    expect(engines.node).toBe("^22.22.2 || ^24.15.0 || >=26");
    expect(nodeFits(version)).toBe(fits);
  });

  it("keeps scripts thin", () => {
    const long = tracked
      .filter((file) => /^scripts\/[^/]+\.(sh|js)$/.test(file))
      .filter((file) => textOf(file).trimEnd().split("\n").length > 40);
    expect(long).toEqual([]);
  });

  it("pins every GitHub action by its commit", () => {
    const uses = tracked
      .filter((file) => file.startsWith(".github/workflows/"))
      .flatMap((file) => textOf(file).match(/uses: .*/g) ?? []);
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((line) => !/^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });
});
